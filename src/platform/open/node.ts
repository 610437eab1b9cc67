/** Files and databases as Node has them. */

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { OpenContent } from '../bytes';
import { folderStore } from '../stores/folder';
import type { DataStore, StoreAddress } from '../stores/store';

/**
 * @throws the system's error when it cannot be opened or read, or an error when it is no regular file: opening a
 * pipe would wait for somebody to write into it
 */
export async function openPath(path: string | Uint8Array): Promise<OpenContent> {
  const file = await open(asPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    throw new Error('it is not a regular file');
  }
  const { size } = found;
  return {
    size,
    async read(from, to) {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
        if (bytesRead === 0) throw new Error(`it ends at byte ${from + done} of ${size}`);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

/** Bytes lose their class on the way to another thread. */
const asPath = (path: string | Uint8Array) => (typeof path === 'string' ? path : Buffer.from(path));

/** Size, and both times: one can be set back, the other cannot. */
export async function pathStamp(path: string | Uint8Array): Promise<{ size: number; stamp: string }> {
  const { size, mtimeMs, ctimeMs } = await stat(asPath(path));
  return { size, stamp: `${mtimeMs} ${ctimeMs}` };
}

/** Opens for reading what another thread has open. */
export async function openStore(address: StoreAddress): Promise<DataStore> {
  if (address.kind !== 'folder') throw new Error(`Node cannot open a store of the kind ${address.kind}`);
  return folderStore(address.path);
}
