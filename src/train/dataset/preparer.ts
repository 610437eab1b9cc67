/** Who makes recordings: this thread, or another. */

import { proxy, type Remote, wrap } from 'comlink';
import { startThread } from '#threads';
import { TrainingError } from '../errors';
import type { Thread, ThreadOptions } from '../threads/thread';
import type { WorkerApi } from '../worker';
import { prepareRecording, type RecordingJob, type RecordingOutcome, type ReportSeconds } from './recording';
import type { StoreWriter } from './stores/store';

export interface Preparer {
  /** @throws StoreError when the store fails */
  prepare(job: RecordingJob, report: ReportSeconds): Promise<RecordingOutcome>;
  close(): Promise<void>;
}

export class LocalPreparer implements Preparer {
  readonly #store: StoreWriter;
  readonly #signal: AbortSignal | undefined;

  constructor(store: StoreWriter, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#signal = signal;
  }

  prepare(job: RecordingJob, report: ReportSeconds): Promise<RecordingOutcome> {
    return prepareRecording(job, this.#store, report, this.#signal);
  }

  async close(): Promise<void> {}
}

/** A thread of its own, replaced when a recording brings it down. */
export class ThreadPreparer implements Preparer {
  readonly #store: StoreWriter;
  readonly #options: ThreadOptions;
  #thread: Thread | null = null;
  #worker: Remote<WorkerApi> | null = null;
  #closed = false;

  constructor(store: StoreWriter, options: ThreadOptions) {
    this.#store = store;
    this.#options = options;
  }

  async prepare(job: RecordingJob, report: ReportSeconds): Promise<RecordingOutcome> {
    const thread = this.#thread ?? startThread(this.#options);
    const fresh = thread !== this.#thread;
    this.#thread = thread;
    const worker = (fresh ? null : this.#worker) ?? wrap<WorkerApi>(thread.endpoint);
    this.#worker = worker;
    let ended = '';
    const lost = thread.lost.then((how) => {
      ended = how;
      throw new Error(how);
    });
    // the store's own errors lose their class on the way back
    let failure: unknown = null;
    const guarded = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => {
      return (...args: A) =>
        work(...args).catch((error) => {
          failure ??= error;
          throw error;
        });
    };
    const store = proxy({
      get: guarded((key: string) => this.#store.get(key)),
      put: guarded((entries: Parameters<StoreWriter['put']>[0]) => this.#store.put(entries)),
    });
    try {
      // a thread that cannot even start is not the recording's fault
      if (fresh) await Promise.race([worker.ready(), lost]);
    } catch (cause) {
      throw new TrainingError(`recordings cannot be read: a thread ${ended || (cause as Error).message}`, {
        cause,
      });
    }
    try {
      return await Promise.race([worker.prepare(job, store, proxy(report)), lost]);
    } catch (error) {
      if (failure) throw failure;
      if (!ended || this.#closed) throw error;
      this.#thread = null;
      return {
        kind: 'refused',
        hash: null,
        problem: `the thread that read it ${ended}`,
        remedy: 'convert it to WAV or FLAC, or leave it out',
      };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.end();
  }
}
