/** A training worker: one `Learner` behind comlink. Bundled into a string that `startThread` starts. */

import { transfer } from 'comlink';
import { serve } from '#serve';
import { type Batch, Learner, type LearnerConfig } from './learner';
import type { Figures } from './metrics/figures';

export interface StepResult {
  /** sum of the examples' losses */
  readonly loss: number;
  /** flat gradient; the worker's next step needs its buffer back */
  readonly gradients: Float32Array<ArrayBuffer>;
}

let learner: Learner | undefined;

function ready(): Learner {
  if (!learner) throw new Error('the worker was not set up');
  return learner;
}

const api = {
  setUp(module: WebAssembly.Module, config: LearnerConfig): void {
    learner = new Learner(module, config);
  },

  /** @param buffer parameters in; comes back as the gradient, so that nothing is allocated a step */
  step(buffer: Float32Array<ArrayBuffer>, batch: Batch, weight: number): StepResult {
    const worker = ready();
    worker.parameters = buffer;
    const loss = worker.step(batch, weight);
    buffer.set(worker.gradients);
    return transfer({ loss, gradients: buffer }, [buffer.buffer]);
  },

  evaluate(parameters: Float32Array<ArrayBuffer>, batch: Batch): Figures {
    const worker = ready();
    worker.parameters = parameters;
    return worker.evaluate(batch);
  },
};

export type WorkerApi = typeof api;

serve(api);
