/** Add: the sum of two signals. */

import { floats } from '../../dsp/cost';
import type { Heap, Pointer } from '../../dsp/heap';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';

class AddStream implements ProcessorStream {
  readonly output: Pointer;
  /** unused: it has no knob */
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
  type: 'Add',
  audio: ['a', 'b'],
  knob: null,
  voices: 'sum',
  options: {},
  controls: () => [],
  tensors: () => ({}),
  lookahead: () => 0,
  tail: () => 0,
  cost: (_options, { sampleRate, hop }) => ({
    setUp: 0,
    memory: floats(hop),
    playing: 0.2e-9 * sampleRate,
  }),
  stream: (context, _options, [a, b]) => new AddStream(context, a, b),
};
