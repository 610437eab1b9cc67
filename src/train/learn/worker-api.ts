/** The API of a worker: it preprocesses recordings, or trains with one `Replica`. */

import { type ProxyMarked, transfer } from 'comlink';
import { openStore } from '#open';
import type { StoreAddress, StoreReader, StoreWriter } from '../../platform/stores/store';
import { BatchReader, type BatchRequest, type Places } from '../data/batch-reader';
import type { RecordingJob, RecordingOutcome } from '../data/job';
import { prepareRecording, type ReportSeconds } from '../data/recording';
import type { SliceIndex } from '../data/slice-reader';
import { type Evaluation, Replica, type ReplicaConfig } from './replica';

export interface StepResult {
  /** sum of the examples' losses */
  readonly loss: number;
  /** flat gradient; return its buffer to the worker with the next step */
  readonly gradients: Float32Array<ArrayBuffer>;
}

let trainee: { readonly replica: Replica; readonly batches: BatchReader } | undefined;

function ready() {
  if (!trainee) throw new Error('the worker was not set up');
  return trainee;
}

export const workerApi = {
  /** Resolves as soon as the worker runs. */
  ready(): void {},

  prepare(
    job: RecordingJob,
    store: StoreWriter & ProxyMarked,
    report: ReportSeconds & ProxyMarked,
  ): Promise<RecordingOutcome> {
    return prepareRecording(job, store, report);
  },

  /**
   * @param address of the dataset's store; null: use `store`, which runs on the main thread
   */
  async setUp(
    module: WebAssembly.Module,
    config: ReplicaConfig,
    index: SliceIndex,
    address: StoreAddress | null,
    store: StoreReader & ProxyMarked,
  ): Promise<void> {
    const reader = address ? await openStore(address) : store;
    trainee = { replica: new Replica(module, config), batches: new BatchReader(reader, index) };
  },

  /**
   * @param buffer the parameters; returned as the gradient, so that no step allocates memory
   * @param next the examples of the next step, if any
   */
  async step(
    buffer: Float32Array<ArrayBuffer>,
    request: BatchRequest,
    weight: number,
    next: Places | undefined,
  ): Promise<StepResult> {
    const { replica, batches } = ready();
    const batch = await batches.read(request);
    if (next) batches.expect(next);
    replica.parameters = buffer;
    const loss = replica.step(batch, weight);
    buffer.set(replica.gradients);
    return transfer({ loss, gradients: buffer }, [buffer.buffer]);
  },

  async evaluate(parameters: Float32Array<ArrayBuffer>, request: BatchRequest): Promise<Evaluation> {
    const { replica, batches } = ready();
    const batch = await batches.read(request);
    replica.parameters = parameters;
    return replica.evaluate(batch);
  },
};

export type WorkerApi = typeof workerApi;
