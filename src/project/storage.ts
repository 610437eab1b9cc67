/**
 * Stores training projects in IndexedDB. The page and the host (its worker) both open it.
 *
 * A project has a small description, its original recordings, and the files of its run. Description and files are
 * written in one transaction, so they always match.
 */

import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPObjectStore,
  type IDBPTransaction,
  openDB,
  type StoreNames,
} from 'idb';
import { DdspError, type DdspErrorOptions } from '../errors';
import { deleteIndexedDb } from '../platform/stores/indexed-db';
import type { TrainConfig } from '../train/config';
import type { DatasetSummary } from '../train/data/summary';
import { type FirstProgress, filesOf } from './migration';
import type { Overview } from './overview';

const NAME = 'ddsp-worklet';
const VERSION = 2;

/** Summary of a project, available without opening it. */
export interface ProjectInfo {
  readonly id: string;
  readonly name: string;
  /** milliseconds since 1970 */
  readonly created: number;
  readonly changed: number;
  /** seconds of sound used for training; 0 without recordings */
  readonly seconds: number;
  /** steps done */
  readonly step: number;
  /** total steps; 0 until the speed of the machine is known */
  readonly steps: number;
}

export interface ProjectRecord extends ProjectInfo {
  readonly config: TrainConfig;
  /** training time left in seconds, which determines the number of steps; null: the number of steps is fixed */
  readonly secondsLeft: number | null;
  readonly summary: DatasetSummary | null;
  /** of the recordings, in the order of the summary */
  readonly overviews: readonly Overview[];
}

/** An original recording. */
export interface RecordingFile {
  readonly name: string;
  readonly blob: Blob;
}

/** A change to a file of a project's run. */
export interface FileChange {
  readonly name: string;
  readonly content: Uint8Array;
  /** whether the content is appended to the file, or replaces it */
  readonly append: boolean;
}

interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRecord };
  recordings: { key: string; value: { readonly id: string; readonly files: readonly RecordingFile[] } };
  /** the files of runs, in parts; each appended content is a separate part */
  files: { key: [id: string, name: string, part: number]; value: Uint8Array };
  /** only in databases of version 1 */
  progress: { key: string; value: FirstProgress };
}

interface ProjectParts {
  readonly recordings?: readonly RecordingFile[];
  readonly files?: readonly FileChange[];
}

/** Name of the database with the project's preprocessed recordings. */
export const soundOf = (id: string): string => `${NAME} ${id}`;

/** All projects of a page. Every call throws a StorageError when the browser cannot store data. */
export class ProjectStorage {
  private constructor(private readonly database: IDBPDatabase<Schema>) {}

  static async open(): Promise<ProjectStorage> {
    return explained(async () => {
      const database = await openDB<Schema>(NAME, VERSION, {
        upgrade(database, before, _now, transaction) {
          database.createObjectStore('files');
          if (before === 1) return moveProgress(database, transaction);
          database.createObjectStore('projects', { keyPath: 'id' });
          database.createObjectStore('recordings', { keyPath: 'id' });
        },
        // closes this connection, because a newer release of the page in another tab waits for it
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      return new ProjectStorage(database);
    });
  }

  /** Newest first. */
  async list(): Promise<ProjectInfo[]> {
    const records = await explained(() => this.database.getAll('projects'));
    return records
      .map(({ id, name, created, changed, seconds, step, steps }) => ({
        ...{ id, name, created, changed, seconds, step, steps },
      }))
      .sort((a, b) => b.changed - a.changed);
  }

  async project(id: string): Promise<ProjectRecord> {
    const record = await explained(() => this.database.get('projects', id));
    if (!record) throw new StorageError('the project is gone: it was deleted, here or in another tab');
    return record;
  }

  async recordings(id: string): Promise<readonly RecordingFile[]> {
    return (await explained(() => this.database.get('recordings', id)))?.files ?? [];
  }

  /** @returns the parts of a file of the project's run; empty if it does not exist */
  file(id: string, name: string): Promise<Uint8Array[]> {
    return explained(() => this.database.getAll('files', under(id, name)));
  }

  /** Saves all parts or none. */
  async save(project: ProjectRecord, { recordings, files = [] }: ProjectParts = {}): Promise<void> {
    await explained(async () => {
      const transaction = this.database.transaction(['projects', 'recordings', 'files'], 'readwrite');
      const { id } = project;
      await Promise.all([
        transaction.objectStore('projects').put(project),
        recordings && transaction.objectStore('recordings').put({ id, files: recordings }),
        saveFiles(transaction.objectStore('files'), id, files),
        transaction.done,
      ]);
    });
  }

  async delete(id: string): Promise<void> {
    await explained(async () => {
      const transaction = this.database.transaction(['projects', 'recordings', 'files'], 'readwrite');
      await Promise.all([
        transaction.objectStore('projects').delete(id),
        transaction.objectStore('recordings').delete(id),
        transaction.objectStore('files').delete(under(id)),
        transaction.done,
      ]);
      await deleteIndexedDb(soundOf(id));
    });
  }

  close(): void {
    this.database.close();
  }
}

/** The browser cannot store data. The message says why, and what to do. */
export class StorageError extends DdspError {
  override readonly name = 'StorageError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('storage', message, options);
  }
}

/** Moves projects of database version 1 to version 2: all or none. */
async function moveProgress(
  database: IDBPDatabase<Schema>,
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>,
): Promise<void> {
  try {
    for await (const { value } of transaction.objectStore('progress')) {
      const contents = filesOf(value).map(([name, content]) => ({ name, content, append: false }));
      await saveFiles(transaction.objectStore('files'), value.id, contents);
    }
    database.deleteObjectStore('progress');
  } catch {
    transaction.abort();
  }
}

/** Saves the files one after the other, because the number of a part depends on the parts before it. */
async function saveFiles(
  store: IDBPObjectStore<Schema, StoreNames<Schema>[], 'files', 'readwrite' | 'versionchange'>,
  id: string,
  changes: readonly FileChange[],
): Promise<void> {
  for (const { name, content, append } of changes) {
    if (!append) await store.delete(under(id, name));
    await store.put(content, [id, name, await store.count(under(id, name))]);
  }
}

/** The range of all keys with this start. Arrays come after numbers and strings in the order of keys. */
function under(...start: string[]): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []]);
}

/** Runs `work` and converts its errors into a StorageError with the reason. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFull(cause)) throw new StorageError(await whyFull(), { cause });
    const { name = '', message = String(cause) } = cause as Partial<DOMException>;
    throw new StorageError(
      `the browser stores no data for this page (${message || name}): a private window or the browser's settings may forbid it`,
      { cause },
    );
  }
}

/** Converts the error of a full storage into a StorageError. Other errors are not changed. */
export async function explainFull<T>(work: Promise<T>): Promise<T> {
  return work.catch(async (cause) => {
    throw isFull(cause) ? new StorageError(await whyFull(), { cause }) : cause;
  });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && (error.name === 'QuotaExceededError' || isFull(error.cause));
}

async function whyFull(): Promise<string> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const use = quota > 0 ? ` (${megabytes(usage)} of ${megabytes(quota)} used)` : '';
  return `the browser's storage for this page is full${use}: delete a project or make room on the disk`;
}
