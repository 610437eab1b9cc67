/** Files and databases as a page has them. */

import type { OpenContent } from '../bytes';
import { indexedDbStore } from '../stores/indexed-db';
import type { DataStore, StoreAddress } from '../stores/store';

export async function openPath(path: string | Uint8Array): Promise<OpenContent> {
  throw new Error(`a page cannot read ${path}: hand over a Blob or File`);
}

export async function pathStamp(path: string | Uint8Array): Promise<{ size: number; stamp: string }> {
  throw new Error(`a page cannot read ${path}: hand over a Blob or File`);
}

/** Opens what another thread has open. */
export async function openStore(address: StoreAddress): Promise<DataStore> {
  if (address.kind !== 'indexed-db')
    throw new Error(`a page cannot open a store of the kind ${address.kind}`);
  return indexedDbStore(address.name);
}
