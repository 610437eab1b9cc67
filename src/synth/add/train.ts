/** Add in training. */

import type { Pointer } from '../../dsp/heap';
import type { AudioInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';

class AddTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #kernels: TrainContext['heap']['kernels'];
  readonly #length: number;
  readonly #a: AudioInput;
  readonly #b: AudioInput;

  constructor({ heap, frames, hop }: TrainContext, a: AudioInput, b: AudioInput) {
    this.#kernels = heap.kernels;
    this.#length = frames * hop;
    this.#a = a;
    this.#b = b;
    this.signal = heap.alloc(this.#length);
    this.gradient = heap.alloc(this.#length);
  }

  begin(): void {}
  end(): void {}

  forward(): void {
    this.#kernels.add(this.signal, this.#a.signal, this.#b.signal, this.#length);
  }

  backward(): void {
    this.#kernels.addTo(this.#a.gradient, this.gradient, this.#length);
    this.#kernels.addTo(this.#b.gradient, this.gradient, this.#length);
  }
}

export const addTraining: TrainableType = {
  create: (context, _options, [a, b]) => new AddTraining(context, a, b),
};
