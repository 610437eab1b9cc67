/**
 * Where a database keeps its values: on disk (`folder.ts`, Node), in the browser (`indexed-db.ts`), in memory
 * (`memory.ts`), or on another thread (`remote.ts`). A store knows nothing of recordings; see
 * `../database.ts`.
 */

import { DdspError, type DdspErrorOptions } from '../../errors';

export type Entry = readonly [key: string, value: Uint8Array];

/** What a thread opens a store by that another thread has open. */
export type StoreAddress =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'indexed-db'; readonly name: string };

/** All methods reject with `DatabaseError` when the store fails. */
export interface DataStore {
  /** for messages: a path, a name */
  readonly place: string;
  /** null: only the thread that made it can reach it */
  readonly address: StoreAddress | null;
  /** A value of which the caller may do what it likes; undefined where there is none. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Writes all entries, or none. When the process is killed meanwhile the first ones may be there. */
  put(entries: readonly Entry[]): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** in order */
  keys(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

/** The part that reads. */
export type StoreReader = Pick<DataStore, 'get' | 'place'>;
/** The part that makes recordings. */
export type StoreWriter = Pick<DataStore, 'get' | 'put' | 'place'>;

/** A database that cannot be opened, read or written; the message says which, why and what to do. */
export class DatabaseError extends DdspError {
  override readonly name = 'DatabaseError';

  constructor(
    message: string,
    options?: DdspErrorOptions,
    code: 'database' | 'database-damaged' = 'database',
  ) {
    super(code, message, options);
  }
}
