/** Preprocesses recordings on a thread. */

import { proxy, type Remote, wrap } from 'comlink';
import { startThread } from '#threads';
import type { StoreWriter } from '../../platform/stores/store';
import type { Thread, ThreadOptions } from '../../platform/threads/thread';
import { TrainingError } from '../errors';
import type { WorkerApi } from '../learn/worker-api';
import type { RecordingJob, RecordingOutcome } from './job';
import type { ReportSeconds } from './recording';

/** Owns a thread, which is replaced when a recording crashes it. */
export class Preparer {
  readonly #store: StoreWriter;
  readonly #options: ThreadOptions;
  #running: Running | null = null;
  #closed = false;

  constructor(store: StoreWriter, options: ThreadOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** @throws DatabaseError when the store fails */
  async prepare(job: RecordingJob, report: ReportSeconds): Promise<RecordingOutcome> {
    this.#running ??= await start(this.#options);
    const { worker, lost, thread } = this.#running;
    if (this.#closed) {
      // ports that are sent to a thread which has ended would keep the process alive
      await thread.end();
      throw new TrainingError('preprocessing was closed');
    }
    // errors lose their class in a worker, so errors of the store are kept here
    let failure: unknown = null;
    const kept = (error: unknown) => {
      failure ??= error;
      throw error;
    };
    const store: StoreWriter = {
      place: this.#store.place,
      get: (key) => this.#store.get(key).catch(kept),
      put: (entries) => this.#store.put(entries).catch(kept),
    };
    const ended = lost.then((how) => ({ how }));
    const outcome = worker.prepare(job, proxy(store), proxy(report)).catch((error) => {
      throw failure ?? error;
    });
    const first = await Promise.race([outcome, ended]);
    if (!('how' in first)) return first;
    outcome.catch(() => {});
    this.#running = null;
    if (this.#closed) throw new TrainingError('preprocessing was closed');
    return {
      kind: 'refused',
      hash: null,
      problem: `the thread that read it ${first.how}`,
      remedy: 'convert it to WAV or FLAC, or leave it out',
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.thread.end();
  }
}

interface Running {
  readonly thread: Thread;
  readonly worker: Remote<WorkerApi>;
  /** see `Thread` */
  readonly lost: Promise<string>;
}

/** @throws TrainingError when no thread can be started */
async function start(options: ThreadOptions): Promise<Running> {
  const thread = await startThread(options);
  const worker = wrap<WorkerApi>(thread.endpoint);
  const how = await Promise.race([worker.ready().then(() => null), thread.lost]);
  if (how !== null) throw new TrainingError(`recordings cannot be read: the thread for it ${how}`);
  return { thread, worker, lost: thread.lost };
}
