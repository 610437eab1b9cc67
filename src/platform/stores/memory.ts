/** A store in memory: for tests, and where nothing is to be kept. */

import type { DataStore } from './store';

export function memoryStore(): DataStore {
  const values = new Map<string, Uint8Array>();
  return {
    place: 'memory',
    address: null,
    get: async (key) => values.get(key)?.slice() as Uint8Array<ArrayBuffer> | undefined,
    async put(entries) {
      for (const [key, value] of entries) values.set(key, value.slice());
    },
    async delete(keys) {
      for (const key of keys) values.delete(key);
    },
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async close() {},
  };
}
