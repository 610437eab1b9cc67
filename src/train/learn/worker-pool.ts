/**
 * Data parallelism: every worker has a `Replica`, takes a part of each batch and reads its sound from the
 * dataset's store.
 *
 * Buffers are transferred, not copied: a worker receives the parameters in a buffer and returns its gradient
 * in the same buffer. Gradients are added in a fixed order, so the result does not depend on which worker is
 * faster.
 */

import { proxy, type Remote, transfer, wrap } from 'comlink';
import { startThread } from '#threads';
import type { Thread, ThreadOptions } from '../../platform/threads/thread';
import type { BatchRequest, Places } from '../data/batch-reader';
import type { Dataset } from '../data/dataset';
import { TrainingError } from '../errors';
import { addFigures } from './metrics/figures';
import { addSums } from './metrics/yardstick-meter';
import type { Evaluation, ReplicaConfig } from './replica';
import type { WorkerApi } from './worker-api';

export interface PoolStep {
  /** sum over all examples */
  readonly loss: number;
  /** one flat gradient per worker, in order */
  readonly gradients: readonly Float32Array<ArrayBuffer>[];
}

export class WorkerPool {
  readonly #threads: readonly Thread[];
  readonly #workers: readonly Remote<WorkerApi>[];
  readonly #buffers: Float32Array<ArrayBuffer>[];
  readonly #failed: Promise<never>;

  private constructor(threads: readonly Thread[], parameters: number) {
    this.#threads = threads;
    this.#workers = threads.map((thread) => wrap<WorkerApi>(thread.endpoint));
    this.#buffers = threads.map(() => new Float32Array(parameters));
    this.#failed = Promise.race(threads.map(({ lost }) => lost)).then((how) => {
      throw lostWorker(how);
    });
    // Closing the pool ends the workers on purpose, possibly with nobody waiting.
    this.#failed.catch(() => {});
  }

  /**
   * @param parameters size of the flat parameter vector
   * @throws TrainingError if a worker cannot start or allocate its share of a batch; all threads are ended then
   */
  static async create(
    count: number,
    module: WebAssembly.Module,
    config: ReplicaConfig,
    { index, store }: Pick<Dataset, 'index' | 'store'>,
    parameters: number,
    options: ThreadOptions = {},
  ): Promise<WorkerPool> {
    const threads = await Promise.all(Array.from({ length: count }, () => startThread(options)));
    const pool = new WorkerPool(threads, parameters);
    try {
      const setUp = (worker: Remote<WorkerApi>) =>
        worker.setUp(module, config, index, store.address, proxy({ place: store.place, get: store.get }));
      await pool.#all(pool.#workers.map(setUp));
    } catch (cause) {
      // a running thread keeps the process alive
      await pool.close();
      if (cause instanceof TrainingError) throw cause;
      throw new TrainingError(
        `a worker cannot be set up for ${config.batch} examples (${(cause as Error).message}): ` +
          'choose a smaller trainer.batchSize, model.decoder.hidden or data.sliceSeconds',
        { cause },
      );
    }
    return pool;
  }

  get size(): number {
    return this.#workers.length;
  }

  /**
   * @param batches one per worker; a worker with an empty batch is idle
   * @param next the examples of each worker's next step
   */
  async step(
    parameters: Float32Array,
    batches: readonly BatchRequest[],
    weight: number,
    next: readonly Places[] = [],
  ): Promise<PoolStep> {
    const busy = batches.flatMap((batch, i) => (batch.slices.length > 0 ? [i] : []));
    const results = await this.#all(
      busy.map((i) => {
        const buffer = this.#buffers[i];
        buffer.set(parameters);
        return this.#workers[i].step(transfer(buffer, [buffer.buffer]), batches[i], weight, next[i]);
      }),
    );
    let loss = 0;
    results.forEach((result, index) => {
      this.#buffers[busy[index]] = result.gradients;
      loss += result.loss;
    });
    return { loss, gradients: results.map((result) => result.gradients) };
  }

  /** @returns the sums over all examples */
  async evaluate(
    parameters: Float32Array<ArrayBuffer>,
    batches: readonly BatchRequest[],
  ): Promise<Evaluation> {
    const results: Evaluation[] = [];
    // sequentially, so that a worker never holds more than one batch
    const evaluate = async (worker: Remote<WorkerApi>, first: number) => {
      for (let i = first; i < batches.length; i += this.size) {
        results[i] = await worker.evaluate(parameters, batches[i]);
      }
    };
    await this.#all(this.#workers.map(evaluate));
    return results.reduce((a, b) => ({
      figures: addFigures(a.figures, b.figures),
      yardsticks: addSums(a.yardsticks, b.yardsticks),
    }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #all<T>(work: Promise<T>[]): Promise<T[]> {
    return Promise.race([Promise.all(work), this.#failed]);
  }
}

function lostWorker(how: string): TrainingError {
  return new TrainingError(
    `a training worker ${how}; resume from the last checkpoint, with fewer workers if memory was short`,
  );
}
