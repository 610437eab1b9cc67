/** A store on disk. Node only; several threads and processes may have one open. */

import { mkdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { packages } from '#packages';
import { DatabaseError, type DataStore, type Entry } from './store';

/** LMDB's own errors are negative numbers, the system's positive. */
const MDB_VERSION_MISMATCH = -30794;
const MDB_INVALID = -30793;

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
    db = open<Uint8Array, string>({ path: place, encoding: 'binary', readOnly });
  } catch (cause) {
    throw new DatabaseError(`${place}: the database cannot be opened: ${whyNotOpened(cause)}`, { cause });
  }
  const reading = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new DatabaseError(`${place}: the database cannot be read: ${(cause as Error).message}`, {
        cause,
      });
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

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function size(entries: readonly Entry[]): number {
  return entries.reduce((bytes, [, value]) => bytes + value.length, 0);
}

function whyNotOpened(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message: string };
  switch (code) {
    case MDB_VERSION_MISMATCH:
    case MDB_INVALID:
      return 'its file data.mdb is damaged, or no database; delete the folder, or choose another';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in its place; choose another folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it may not be written (${code}); choose another folder`;
    default:
      return `${message}; choose another folder, on a disk of this machine`;
  }
}

/** A disk that fills up shows as one of several errors. */
async function whyNotWritten(place: string, bytes: number, cause: unknown): Promise<string> {
  const { bavail, bsize } = await statfs(place).catch(() => ({ bavail: Number.NaN, bsize: 0 }));
  return bavail * bsize < bytes + 2 ** 20
    ? 'the disk is full; free some space, or choose another place. What is done is kept'
    : (cause as Error).message;
}
