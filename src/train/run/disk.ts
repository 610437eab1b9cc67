/** Files on disk, with errors that name the path and what to do. Node only. */

import { access, constants, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { StoreError } from './store';

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
  EFBIG: 'files may not become as large here: choose another place',
  EMFILE: 'too many files are open',
};

/** Turns an error of the file system into one for the user; `attempt` reads like "cannot be read". */
export function fileError(file: string, attempt: string, cause: unknown): StoreError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new StoreError(`${file}: ${attempt}: ${REASONS[code] ?? message}`, { cause });
}

/** @returns a plain view: the slices of Node's Buffers share memory */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, length } = await readFile(file);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw fileError(file, 'cannot be read', cause);
  }
}

/** Before long work whose result goes to `file`: that its folder is there. */
export async function checkDestination(file: string): Promise<void> {
  try {
    await access(path.dirname(file), constants.W_OK);
  } catch (cause) {
    throw fileError(file, 'cannot be written', cause);
  }
}

/** What `writeAtomically` leaves behind when its process is killed. */
export const LEFT_OVER = /^\..+\.\d+\.tmp$/;

/**
 * Writes a whole file or nothing: under another name in the same folder first, then renamed. Whoever
 * reads `file` meanwhile sees the old one, also after a crash or on a full disk.
 */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(file, 'cannot be written', cause);
  }
}

/** Adds to a file's end. What was written of `content` before an error is taken off again. */
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
