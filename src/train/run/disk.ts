/** Reads and writes files; errors name the path and the remedy. Node only. */

import { access, constants, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FileError } from './store';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EBUSY: 'it is a folder, or in use',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EEXIST: 'a file is in its place',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full: free some space, or choose another place',
  EDQUOT: 'your disk quota is used up: free some space, or choose another place',
  EFBIG: 'the file would exceed the size limit: choose another place',
  EMFILE: 'too many files are open',
};

/** Turns a file system error into one for the user. `attempt` is a phrase such as "cannot be read". */
export function fileError(file: string, attempt: string, cause: unknown): FileError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new FileError(`${file}: ${attempt}: ${REASONS[code] ?? message}`, { cause });
}

/** @returns a plain Uint8Array, because slices of Node's Buffers share memory */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, length } = await readFile(file);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw fileError(file, 'cannot be read', cause);
  }
}

/**
 * Identifies a file or folder on its disk, independent of the path to it. Symbolic links and hard links have the same
 * identity as their target. So does another spelling (upper and lower case) on a disk that ignores case.
 * @returns null when nothing is there
 */
export async function identityOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found && `${found.dev}:${found.ino}`;
}

/**
 * Call this before long work whose result goes to `file`.
 * @throws FileError when its folder is missing or cannot be written
 */
export async function checkDestination(file: string): Promise<void> {
  try {
    await access(path.dirname(file), constants.W_OK);
  } catch (cause) {
    throw fileError(file, 'cannot be written', cause);
  }
}

/** Temporary files of `writeAtomically` that remain when the process is killed. */
export const LEFT_OVER = /^\..+\.\d+\.tmp$/;

/**
 * Writes a whole file or nothing. It writes to another name in the same folder, then renames. Readers see the old file
 * until then, also after a crash or on a full disk. A link stays a link, and permissions are kept. Pipes and devices
 * are written directly.
 */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  let temporary = '';
  try {
    const existing = await stat(file).catch(() => null);
    if (existing && !existing.isFile() && !existing.isDirectory()) {
      await writeFile(file, content);
      return;
    }
    const place = existing ? await realpath(file) : file;
    temporary = path.join(path.dirname(place), `.${path.basename(place)}.${process.pid}.tmp`);
    const handle = await open(temporary, 'w');
    try {
      if (existing?.isFile()) await handle.chmod(existing.mode & 0o777);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, place);
  } catch (cause) {
    if (temporary) await rm(temporary, { force: true }).catch(() => {});
    throw fileError(file, 'cannot be written', cause);
  }
}

/** Appends to a file. After an error, the part that was written is removed again. */
export async function append(file: string, content: Uint8Array | string): Promise<void> {
  try {
    const handle = await open(file, 'a');
    try {
      const { size } = await handle.stat();
      try {
        await handle.writeFile(content);
        await handle.datasync();
      } catch (cause) {
        await handle.truncate(size).catch(() => {});
        throw cause;
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(file, 'cannot be written', cause);
  }
}
