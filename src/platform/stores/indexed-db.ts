/** A store in the browser, which pages and workers of one origin share. */

import { deleteDB, type IDBPDatabase, openDB, unwrap } from 'idb';
import { DatabaseError, type DataStore } from './store';

const VALUES = 'values';
const DELETE = 'delete it (the site data of this page), or choose another name';

/** @throws DatabaseError when it cannot be opened: private windows and full disks forbid it */
export async function indexedDbStore(name: string): Promise<DataStore> {
  const explained = <T>(attempt: string, work: () => Promise<T>): Promise<T> =>
    work().catch((cause) => {
      throw new DatabaseError(`${name}: the database cannot be ${attempt}: ${why(cause)}`, { cause });
    });
  const db = await explained('opened', () => open(name));
  if (!db.objectStoreNames.contains(VALUES)) {
    db.close();
    throw new DatabaseError(`${name}: this is not a database of recordings; ${DELETE}`);
  }

  /** Resolves when all of it is written. */
  function write(work: (values: IDBObjectStore) => void): Promise<void> {
    return explained('written', async () => {
      const transaction = db.transaction(VALUES, 'readwrite');
      try {
        // a request that fails later ends the transaction by itself
        work(unwrap(transaction.objectStore(VALUES)));
      } catch (error) {
        transaction.done.catch(() => {});
        transaction.abort();
        throw error;
      }
      await transaction.done;
    });
  }

  return {
    place: name,
    address: { kind: 'indexed-db', name },
    get: (key) => explained('read', () => db.get(VALUES, key)),
    put: (entries) =>
      write((values) => {
        // copies: what is stored of a part of a buffer is all of the buffer
        for (const [key, value] of entries) values.put(value.slice(), key);
      }),
    delete: (keys) =>
      write((values) => {
        for (const key of keys) values.delete(key);
      }),
    keys: (prefix) =>
      explained('read', async () => {
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        return (await db.getAllKeys(VALUES, range)) as string[];
      }),
    async close() {
      db.close();
    },
  };
}

/** Removes it; whoever has it open loses it. */
export function deleteIndexedDb(name: string): Promise<void> {
  return deleteDB(name);
}

function open(name: string): Promise<IDBPDatabase> {
  return openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore(VALUES);
    },
    // it is to be deleted, or opened by a newer release
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

function why({ name, message }: DOMException): string {
  switch (name) {
    case 'QuotaExceededError':
      return 'the space that the browser grants is full; delete other data, or free disk space. What is done is kept';
    case 'VersionError':
      return `it is of another version; ${DELETE}`;
    case 'InvalidStateError':
      return 'it was closed or deleted meanwhile; open it again';
    case 'SecurityError':
      return 'the browser forbids it; allow site data for this page';
    default:
      return message;
  }
}
