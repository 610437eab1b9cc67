/**
 * A store on disk: a folder with a file for each value. Node only; several threads and processes may have one open.
 *
 * A value is written beside its place, flushed to the disk, and then renamed, so that a reader finds all of it or
 * nothing. Values never change, hence two processes that write one at a time write the same.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseError, type DataStore, type Entry } from './store';

/** Of files that hold values. */
const ENDING = '.value';
/** Of files that are being written. */
const UNFINISHED = '.unfinished';
/** What was left unfinished by a process that was killed is removed after so many milliseconds. */
const LEFT_OVER = 24 * 3600 * 1000;

/**
 * @param folder made where there is none
 * @throws DatabaseError when it cannot be made
 */
export async function folderStore(folder: string): Promise<DataStore> {
  const place = path.resolve(folder);
  const fileOf = (key: string) => path.join(place, encodeURIComponent(key) + ENDING);
  try {
    await mkdir(place, { recursive: true });
    await removeLeftOver(place);
  } catch (cause) {
    throw new DatabaseError(`${place}: the database cannot be opened: ${whyNotOpened(cause)}`, { cause });
  }
  return {
    place,
    address: { kind: 'folder', path: place },
    get: async (key) => reading(place, () => readWhole(fileOf(key))),
    put: (entries) => writing(place, size(entries), () => writeAll(entries, fileOf)),
    delete: (keys) =>
      writing(place, 0, async () => {
        for (const key of keys) await rm(fileOf(key), { force: true });
      }),
    keys: async (prefix) =>
      reading(place, async () => {
        const names = (await readdir(place)).filter((name) => name.endsWith(ENDING));
        const keys = names.map((name) => decodeURIComponent(name.slice(0, -ENDING.length)));
        return keys.filter((key) => key.startsWith(prefix)).sort();
      }),
    async close() {},
  };
}

/** Without a promise for each step: training waits for it. */
function readWhole(file: string): Uint8Array<ArrayBuffer> | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(fstatSync(handle).size);
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(handle, bytes, done, bytes.length - done, done);
      if (count === 0) throw new Error(`${path.basename(file)} ends at byte ${done} of ${bytes.length}`);
      done += count;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/** The files appear in order, once all of them are on the disk: the last value may vouch for the others. */
async function writeAll(entries: readonly Entry[], fileOf: (key: string) => string): Promise<void> {
  const files = entries.map(([key]) => {
    const file = fileOf(key);
    return { file, unfinished: `${file}.${process.pid}.${Math.random().toString(36).slice(2)}${UNFINISHED}` };
  });
  try {
    await Promise.all(entries.map(([, value], i) => writeFlushed(files[i].unfinished, value)));
    for (const { file, unfinished } of files) await rename(unfinished, file);
  } catch (error) {
    await Promise.all(files.map(({ unfinished }) => rm(unfinished, { force: true }).catch(() => {})));
    throw error;
  }
}

async function writeFlushed(file: string, value: Uint8Array): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(value);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function removeLeftOver(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (!name.endsWith(UNFINISHED)) continue;
    const file = path.join(place, name);
    const found = await stat(file).catch(() => null);
    if (found && Date.now() - found.mtimeMs > LEFT_OVER) await rm(file, { force: true });
  }
}

function size(entries: readonly Entry[]): number {
  return entries.reduce((bytes, [, value]) => bytes + value.length, 0);
}

async function reading<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message } = cause as Error;
    throw new DatabaseError(`${place}: the database cannot be read: ${message}`, { cause });
  }
}

async function writing(place: string, bytes: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = await whyNotWritten(place, bytes, cause);
    throw new DatabaseError(`${place}: the database cannot be written: ${reason}`, { cause });
  }
}

function whyNotOpened(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in its place; choose another folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it may not be written (${code}); choose another folder`;
    default:
      return `${message}; choose another folder`;
  }
}

/** A disk that fills up shows as one of several errors. */
async function whyNotWritten(place: string, bytes: number, cause: unknown): Promise<string> {
  const { code, message } = cause as NodeJS.ErrnoException;
  const { bavail, bsize } = await statfs(place).catch(() => ({ bavail: Number.NaN, bsize: 0 }));
  return code === 'ENOSPC' || bavail * bsize < bytes + 2 ** 20
    ? 'the disk is full; free some space, or choose another place. What is done is kept'
    : `${message}; look at the disk, its quota, and limits of file sizes`;
}
