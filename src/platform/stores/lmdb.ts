/** A store on disk. Node only; several threads and processes may have one open. */

import { mkdir, open as openFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { packages } from '#lazy-packages';
import { DatabaseError, type DataStore, type Entry } from './store';

/** LMDB's own errors are negative numbers, the system's positive. */
const MDB_CORRUPTED = -30796;
const DAMAGED = 'its file data.mdb is damaged, or no database; delete the folder, or choose another';

/**
 * @param folder made where there is none
 * @throws DatabaseError when it cannot be opened, or the `lmdb` package is not installed
 */
export async function lmdbStore(
  folder: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<DataStore> {
  const place = path.resolve(folder);
  const { open } = await packages.lmdb().catch((cause) => {
    throw new DatabaseError(
      `${place}: the package lmdb, which databases on disk need, cannot be loaded (${cause.message}); npm install lmdb`,
      { cause },
    );
  });
  let db: ReturnType<typeof open<Uint8Array, string>>;
  try {
    if (!readOnly) await mkdir(place, { recursive: true });
    await checkFile(path.join(place, 'data.mdb'));
    // lmdb takes a folder with a dot in its name for a file unless it is told otherwise
    db = open<Uint8Array, string>({ path: place, noSubdir: false, encoding: 'binary', readOnly });
  } catch (cause) {
    throw new DatabaseError(`${place}: the database cannot be opened: ${whyNotOpened(cause)}`, { cause });
  }
  const reading = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const { code, message } = cause as { code?: unknown; message: string };
      const reason = code === MDB_CORRUPTED ? DAMAGED : message;
      throw new DatabaseError(`${place}: the database cannot be read: ${reason}`, { cause });
    }
  };
  const writing = async (bytes: number, work: () => void): Promise<void> => {
    try {
      // at once rather than queued: a queued write that fails rejects promises nobody holds
      db.transactionSync(work);
    } catch (cause) {
      throw new DatabaseError(
        `${place}: the database cannot be written: ${await whyNotWritten(place, bytes, cause)}`,
        {
          cause,
        },
      );
    }
  };
  return {
    place,
    address: { kind: 'lmdb', path: place },
    get: async (key) => reading(() => db.getBinary(key) as Uint8Array<ArrayBuffer> | undefined),
    put: (entries) =>
      writing(size(entries), () => {
        for (const [key, value] of entries) db.putSync(key, asBuffer(value));
      }),
    delete: (keys) =>
      writing(0, () => {
        for (const key of keys) db.removeSync(key);
      }),
    keys: async (prefix) =>
      reading(() => [...db.getKeys({ start: prefix, end: `${prefix}\uffff` })] as string[]),
    async close() {
      await db.close();
    },
  };
}

/** Both copies of LMDB's description of a file: where they begin, and what is where in them. */
const META = { magic: 0x18, version: 0x1c, pageSize: 0x30, lastPage: 0x90, transaction: 0x98 };
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** Pages at the end of a file may be missing that a transaction has used and given back. */
const SPARE = 2 ** 20;

/** LMDB ends the process when it reads a file that is cut short or something else: this finds it before. */
async function checkFile(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return;
  const handle = await openFile(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2 ** 17), 0, 2 ** 17, 0);
    const pageSize = buffer.readUInt32LE(META.pageSize);
    const metas = [0, pageSize].map((at) => readMeta(buffer, at));
    const [older, newer] = metas.sort((a, b) => a.transaction - b.transaction);
    const needed = (newer.lastPage + 1) * pageSize;
    if (!older.valid || !newer.valid || size + SPARE < needed || size < 2 * pageSize)
      throw new Error(DAMAGED);
  } finally {
    await handle.close();
  }
}

function readMeta(buffer: Buffer, at: number) {
  if (at + META.transaction + 8 > buffer.length) return { valid: false, lastPage: 0, transaction: 0 };
  return {
    valid:
      buffer.readUInt32LE(at + META.magic) === MAGIC &&
      buffer.readUInt32LE(at + META.version) === DATA_VERSION,
    lastPage: Number(buffer.readBigUInt64LE(at + META.lastPage)),
    transaction: Number(buffer.readBigUInt64LE(at + META.transaction)),
  };
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function size(entries: readonly Entry[]): number {
  return entries.reduce((bytes, [, value]) => bytes + value.length, 0);
}

function whyNotOpened(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message: string };
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in its place; choose another folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it may not be written (${code}); choose another folder`;
    default:
      return message === DAMAGED ? message : `${message}; choose another folder, on a disk of this machine`;
  }
}

/** A disk that fills up shows as one of several errors. */
async function whyNotWritten(place: string, bytes: number, cause: unknown): Promise<string> {
  const { bavail, bsize } = await statfs(place).catch(() => ({ bavail: Number.NaN, bsize: 0 }));
  return bavail * bsize < bytes + 2 ** 20
    ? 'the disk is full; free some space, or choose another place. What is done is kept'
    : `${(cause as Error).message}; look at the disk, its quota, and limits of file sizes`;
}
