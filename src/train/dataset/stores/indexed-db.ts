/** A store in the browser, which pages and workers of one origin share. */

import { DatabaseError, type DataStore } from './store';

const VALUES = 'values';
const DELETE = 'delete it (its site data, in the browser), or choose another name';

/** @throws DatabaseError when it cannot be opened: private windows and full disks forbid it */
export async function indexedDbStore(name: string): Promise<DataStore> {
  const db = await open(name);
  // another tab wants it gone
  db.onversionchange = () => db.close();

  /** Resolves when the transaction is complete: all of it is there then, or nothing. */
  function transact<T>(
    mode: IDBTransactionMode,
    attempt: string,
    work: (values: IDBObjectStore) => IDBRequest<T> | undefined,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const fail = (cause: DOMException | null) => reject(failed(name, attempt, cause));
      try {
        const transaction = db.transaction(VALUES, mode);
        const request = work(transaction.objectStore(VALUES));
        transaction.oncomplete = () => resolve(request?.result);
        transaction.onabort = () => fail(transaction.error ?? request?.error ?? null);
      } catch (cause) {
        fail(cause as DOMException);
      }
    });
  }

  return {
    place: name,
    address: { kind: 'indexed-db', name },
    get: (key) => transact('readonly', 'read', (values) => values.get(key)),
    async put(entries) {
      await transact('readwrite', 'written', (values) => {
        // slices of larger buffers would be stored with all of their buffer
        for (const [key, value] of entries) values.put(value.slice(), key);
        return undefined;
      });
    },
    async delete(keys) {
      await transact('readwrite', 'written', (values) => {
        for (const key of keys) values.delete(key);
        return undefined;
      });
    },
    async keys(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const keys = await transact('readonly', 'read', (values) => values.getAllKeys(range));
      return (keys ?? []) as string[];
    },
    async close() {
      db.close();
    },
  };
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const fail = (cause: DOMException | null) => reject(failed(name, 'opened', cause));
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(VALUES);
      request.onsuccess = () => {
        if (request.result.objectStoreNames.contains(VALUES)) resolve(request.result);
        else {
          request.result.close();
          reject(new DatabaseError(`${name}: this is no database of recordings; ${DELETE}`));
        }
      };
      request.onerror = () => fail(request.error);
      request.onblocked = () => fail(null);
    } catch (cause) {
      fail(cause as DOMException);
    }
  });
}

function failed(name: string, attempt: string, cause: DOMException | null): DatabaseError {
  const why: Record<string, string> = {
    QuotaExceededError: 'the space that the browser grants is full; delete other data, or free disk space',
    VersionError: `it is of another version; ${DELETE}`,
    InvalidStateError: 'it was closed, or the window is private; open it anew, in another window',
    SecurityError: 'the browser forbids it here; allow site data',
  };
  const reason = (cause && why[cause.name]) ?? cause?.message ?? 'the browser does not say why';
  return new DatabaseError(`${name}: the database cannot be ${attempt}: ${reason}`, { cause });
}
