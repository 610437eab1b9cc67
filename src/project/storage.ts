/**
 * What a page keeps of its training projects, in IndexedDB. Page and host (its worker) both open it.
 *
 * A project is three kinds of records: its description, small, which lists read; its recordings as they
 * were given; and how far training has come. Description and progress are written in one transaction, so
 * that whatever ends a tab, they belong together.
 */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { DdspError, type DdspErrorOptions } from '../errors';
import { deleteIndexedDb } from '../platform/stores/indexed-db';
import type { TrainConfig } from '../train/config';
import type { DatasetSummary } from '../train/data/summary';
import type { LossCurves } from './loss-curves';
import type { Overview } from './overview';

const NAME = 'ddsp-worklet';
const VERSION = 1;

/** What is shown of a project before it is opened. */
export interface ProjectInfo {
  readonly id: string;
  readonly name: string;
  /** milliseconds since 1970 */
  readonly created: number;
  readonly changed: number;
  /** seconds of sound that are trained on; 0 without recordings */
  readonly seconds: number;
  /** steps done */
  readonly step: number;
  /** steps in all; 0 until training has begun and the speed of the machine is known */
  readonly steps: number;
}

export interface ProjectRecord extends ProjectInfo {
  readonly config: TrainConfig;
  /** of training, to which the steps are fitted; null: the steps are fixed */
  readonly secondsLeft: number | null;
  readonly summary: DatasetSummary | null;
  /** of the recordings that were read, in the summary's order */
  readonly overviews: readonly Overview[];
}

/** A recording as it was given. */
export interface RecordingFile {
  readonly name: string;
  readonly blob: Blob;
}

export interface ProgressRecord {
  readonly id: string;
  readonly checkpoint: Uint8Array;
  readonly curves: LossCurves;
  /** the model file that came closest to the held-out recordings */
  readonly best: Uint8Array<ArrayBuffer> | null;
}

interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRecord };
  recordings: { key: string; value: { readonly id: string; readonly files: readonly RecordingFile[] } };
  progress: { key: string; value: ProgressRecord };
}

/** The database that has a project's recordings as training reads them. */
export const soundOf = (id: string): string => `${NAME} ${id}`;

/** A page's projects. @throws StorageError from every call when the browser keeps nothing (more) */
export class ProjectStorage {
  private constructor(private readonly database: IDBPDatabase<Schema>) {}

  static async open(): Promise<ProjectStorage> {
    return explained(async () => {
      const database = await openDB<Schema>(NAME, VERSION, {
        upgrade(database) {
          database.createObjectStore('projects', { keyPath: 'id' });
          database.createObjectStore('recordings', { keyPath: 'id' });
          database.createObjectStore('progress', { keyPath: 'id' });
        },
        // a newer release of the page, in another tab, waits for this one to let go
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      return new ProjectStorage(database);
    });
  }

  /** The newest first. */
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

  progress(id: string): Promise<ProgressRecord | undefined> {
    return explained(() => this.database.get('progress', id));
  }

  /** All of them or none. */
  async save(
    project: ProjectRecord,
    parts: { readonly recordings?: readonly RecordingFile[]; readonly progress?: ProgressRecord } = {},
  ): Promise<void> {
    await explained(async () => {
      const transaction = this.database.transaction(['projects', 'recordings', 'progress'], 'readwrite');
      const { recordings, progress } = parts;
      const { id } = project;
      await Promise.all([
        transaction.objectStore('projects').put(project),
        recordings && transaction.objectStore('recordings').put({ id, files: recordings }),
        progress && transaction.objectStore('progress').put(progress),
        transaction.done,
      ]);
    });
  }

  async delete(id: string): Promise<void> {
    await explained(async () => {
      const transaction = this.database.transaction(['projects', 'recordings', 'progress'], 'readwrite');
      await Promise.all([
        transaction.objectStore('projects').delete(id),
        transaction.objectStore('recordings').delete(id),
        transaction.objectStore('progress').delete(id),
        transaction.done,
      ]);
      await deleteIndexedDb(soundOf(id));
    });
  }

  close(): void {
    this.database.close();
  }
}

/** The browser cannot keep what it was given; the message says why and what to do. */
export class StorageError extends DdspError {
  override readonly name = 'StorageError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('storage', message, options);
  }
}

/** What `work` gives; where the browser does not keep what it was given, a `StorageError` says why. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFull(cause)) throw new StorageError(await whyFull(), { cause });
    const { name = '', message = String(cause) } = cause as Partial<DOMException>;
    throw new StorageError(
      `the browser keeps no data for this page (${message || name}): a private window or its settings may forbid it`,
      { cause },
    );
  }
}

/** Tells a full storage from other failures of a database, in a page's words. */
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
