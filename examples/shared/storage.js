/** What this browser keeps for the pages: instruments and takes in IndexedDB, settings in localStorage. */

import { openDB } from 'idb';

const NAME = 'ddsp-worklet pages';

/**
 * @typedef {{ id: string, name: string, file: ArrayBuffer, added: number, link: string | null }} InstrumentRecord
 *   `link`: the address of its file, where it has one
 * @typedef {{ id: string, place: string, name: string, sound: ArrayBuffer, seconds: number, added: number }} TakeRecord
 *   `place`: the page it was recorded on
 *
 * Bytes, not Blobs: WebKit's private windows keep only those.
 */

/** @type {ReturnType<typeof openDB> | null} */
let database = null;

function open() {
  database ??= openDB(NAME, 1, {
    upgrade(created) {
      created.createObjectStore('instruments', { keyPath: 'id' });
      created.createObjectStore('takes', { keyPath: 'id' });
    },
    // a newer release of the pages, in another tab, waits for this one to let go
    blocking: (_current, _blocked, event) => {
      /** @type {IDBDatabase} */ (event.target).close();
      database = null;
    },
  });
  return database;
}

/**
 * Records of one kind, the newest first. Where the browser keeps nothing (a private window may), they last
 * until the page is closed.
 * @template {{ id: string, added: number }} Entry
 */
export class Shelf {
  /** @type {Map<string, Entry>} */
  #unkept = new Map();

  /** @param {'instruments' | 'takes'} kind */
  constructor(kind) {
    this.kind = kind;
  }

  /** @returns {Promise<Entry[]>} */
  async list() {
    /** @type {Entry[]} */
    const kept = await open()
      .then((found) => found.getAll(this.kind))
      .catch(() => []);
    return [...kept, ...this.#unkept.values()].sort((a, b) => b.added - a.added);
  }

  /** @param {Entry} entry @returns {Promise<boolean>} whether it is still there after a reload */
  async put(entry) {
    try {
      await (await open()).put(this.kind, entry);
      return true;
    } catch {
      this.#unkept.set(entry.id, entry);
      return false;
    }
  }

  /** @param {string} id */
  async remove(id) {
    this.#unkept.delete(id);
    await open()
      .then((found) => found.delete(this.kind, id))
      .catch(() => {});
  }
}

/** Settings of one page, by name. */
export class Settings {
  /** @type {Record<string, string>} */
  #values = {};
  #key;

  /** @param {string} page */
  constructor(page) {
    this.#key = `ddsp-worklet ${page}`;
    try {
      this.#values = JSON.parse(localStorage.getItem(this.#key) ?? '{}') ?? {};
    } catch {
      // nothing was kept, or nothing may be
    }
  }

  /** @param {string} name @returns {string | undefined} */
  get(name) {
    return Object.hasOwn(this.#values, name) ? String(this.#values[name]) : undefined;
  }

  /** Those that have a value. */
  get names() {
    return Object.keys(this.#values);
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    this.#values[name] = value;
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#values));
    } catch {
      // it counts until the page is closed
    }
  }
}
