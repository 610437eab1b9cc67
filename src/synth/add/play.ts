/** Add: the sum of two signals. */

import type { Heap, Pointer } from '../../dsp/heap';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';
import type { AudioInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';

const TYPE = 'Add';

class AddStream implements ProcessorStream {
  readonly output: Pointer;
  /** has none; the interface's */
  knob = 1;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #a: Pointer;
  readonly #b: Pointer;

  constructor({ heap, hop }: StreamContext, a: Pointer, b: Pointer) {
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#a = a;
    this.#b = b;
    this.output = heap.alloc(hop);
  }

  control(): void {}

  render(): void {
    this.#kernels.add(this.output, this.#a, this.#b, this.#hop);
  }

  reset(): void {
    this.#kernels.silence(this.output, this.#hop);
  }
}

export const add: ProcessorType = {
  type: TYPE,
  audio: ['a', 'b'],
  knob: null,
  options: {},
  controls: () => [],
  tensors: () => ({}),
  lookahead: () => 0,
  tail: () => 0,
  stream: (context, _options, [a, b]) => new AddStream(context, a, b),
};

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
  type: TYPE,
  initial(name) {
    throw new Error(`${TYPE} has no learned tensor ${name}`);
  },
  create: (context, _options, [a, b]) => new AddTraining(context, a, b),
};
