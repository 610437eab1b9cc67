/**
 * Training projects for a page. A project takes recordings, trains a model and keeps everything in the browser between
 * visits. The work runs in a worker (`host.ts`). This class is the page's interface to it.
 */

import { proxy, type Remote, wrap } from 'comlink';
import { startThread } from '../platform/threads/browser';
import type { Thread, ThreadOptions } from '../platform/threads/thread';
import { defaultConfig, type TrainConfig } from '../train/config';
import type { HeldOut } from '../train/data/held-out';
import type { DatasetProgress } from '../train/data/preprocess';
import { TrainingError } from '../train/errors';
import type { Comparison, Host, TrainOptions } from './host';
import { withLock } from './lock';
import type { LossCurves } from './loss-curves';
import { recordingFile } from './recording-file';
import { type ProjectInfo, type ProjectRecord, ProjectStorage } from './storage';
import type { TrainingState } from './timed-training';
import type { PageWorkerApi } from './worker';

export interface NewProject extends ThreadOptions {
  /** of the instrument */
  readonly name: string;
  readonly config?: TrainConfig;
}

export interface AddOptions {
  readonly onProgress?: (progress: DatasetProgress) => void;
}

export interface ProjectTrainOptions extends TrainOptions {
  /** Pauses training when aborted: the current step is finished and saved. */
  readonly signal?: AbortSignal;
  readonly onState?: (state: TrainingState) => void;
}

/** An instrument in training. A project can be open in one tab at a time. */
export class TrainingProject {
  #info: ProjectRecord;
  readonly #thread: Thread;
  readonly #host: Remote<Host>;
  readonly #lost: Promise<never>;

  private constructor(info: ProjectRecord, thread: Thread, host: Remote<Host>, lost: Promise<never>) {
    this.#info = info;
    this.#thread = thread;
    this.#host = host;
    this.#lost = lost;
  }

  /** Lists the projects stored in this browser, newest first. */
  static list(): Promise<ProjectInfo[]> {
    return inStorage((storage) => storage.list());
  }

  /** Deletes a project and all its data. @throws TrainingError when it is open, here or in another tab */
  static delete(id: string): Promise<void> {
    return withLock(id, () => inStorage((storage) => storage.delete(id)));
  }

  static async create({ name, config = defaultConfig, ...options }: NewProject): Promise<TrainingProject> {
    const id = crypto.randomUUID();
    const now = Date.now();
    await inStorage((storage) =>
      storage.save({
        ...{ id, name, created: now, changed: now, config },
        ...{ seconds: 0, step: 0, steps: 0, secondsLeft: null, summary: null, overviews: [] },
      }),
    );
    return TrainingProject.open(id, options);
  }

  /** @throws TrainingError when it no longer exists, is open elsewhere, or its worker cannot start */
  static async open(id: string, options: ThreadOptions = {}): Promise<TrainingProject> {
    const thread = await startThread(options);
    const lost = thread.lost.then((how) => {
      throw new TrainingError(`the project's worker ${how}; open the project again to continue`);
    });
    lost.catch(() => {});
    try {
      const opening = async () => {
        const api = wrap<PageWorkerApi>(thread.endpoint);
        const host = (await api.openProject(id)) as unknown as Remote<Host>;
        return new TrainingProject(await host.project, thread, host, lost);
      };
      return await Promise.race([opening(), lost]);
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  /** The project as last saved. */
  get info(): ProjectRecord {
    return this.#info;
  }

  /**
   * Adds recordings to the project. Recordings that cannot be used are listed in `info.summary.refused`; the
   * others are used.
   * @param files audio files in any format that the trainer or this browser can decode
   * @throws DatasetError when no recording can be used, StorageError when the browser's storage is full
   */
  async addRecordings(files: Iterable<File>, { onProgress }: AddOptions = {}): Promise<void> {
    // this is only a request; without it the browser may delete the data when the disk is full
    navigator.storage?.persist?.().catch(() => {});
    const recordings = [];
    for (const file of files) recordings.push(await recordingFile(file));
    const listener = proxy(onProgress ?? (() => {}));
    this.#info = await this.#alive(this.#host.addRecordings(recordings, listener));
  }

  /**
   * Trains the model and saves it every ten seconds and at the end.
   * @returns true after the last step, false when paused before
   */
  async train({ signal, onState = () => {}, ...options }: ProjectTrainOptions = {}): Promise<boolean> {
    signal?.throwIfAborted();
    const pause = () => this.#host.pause();
    signal?.addEventListener('abort', pause);
    try {
      const done = await this.#alive(this.#host.train(options, proxy(onState)));
      this.#info = await this.#host.project;
      return done;
    } finally {
      signal?.removeEventListener('abort', pause);
    }
  }

  /**
   * Returns the model as a file, float16.
   * @param which `latest`: the current weights, also during training, for `DDSPNode.setModel`; `best`: the weights with
   *   the best held-out figure
   * @throws TrainingError before training
   */
  model(which: 'latest' | 'best' = 'latest'): Promise<Uint8Array<ArrayBuffer>> {
    return this.#alive(this.#host.model(which));
  }

  async rename(name: string): Promise<void> {
    this.#info = await this.#alive(this.#host.rename(name));
  }

  /** The loss curves up to the last save. */
  curves(): Promise<LossCurves> {
    return this.#alive(this.#host.curves());
  }

  /** Held-out stretches of the recordings, to listen to. */
  heldOut(): Promise<HeldOut[]> {
    return this.#alive(this.#host.heldOut());
  }

  /** @param index of a stretch in `heldOut` @returns the stretch and its reconstruction */
  compare(index: number): Promise<Comparison> {
    return this.#alive(this.#host.compare(index));
  }

  /** Ends the worker at once. Unsaved steps are lost, so pause first with the `signal` of `train`. */
  async close(): Promise<void> {
    await this.#thread.end();
  }

  #alive<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#lost]);
  }
}

async function inStorage<T>(work: (storage: ProjectStorage) => Promise<T>): Promise<T> {
  const storage = await ProjectStorage.open();
  try {
    return await work(storage);
  } finally {
    storage.close();
  }
}
