/**
 * Mix: the sum of two signals, each times a gain of 0 to 1 that the decoder chooses in every frame (a processor of
 * realtimeDDSP). Gains move linearly between frame centres.
 */

import { floats } from '../../dsp/cost';
import type { Heap, Pointer } from '../../dsp/heap';
import { LateGlide } from '../late-glide';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';

export const mix: ProcessorType = {
  type: 'Mix',
  audio: ['a', 'b'],
  knob: null,
  options: {},
  controls: () => [
    { name: 'gainA', size: 1, scaling: 'sigmoid', max: 1 },
    { name: 'gainB', size: 1, scaling: 'sigmoid', max: 1 },
  ],
  tensors: () => ({}),
  lookahead: () => 0,
  tail: () => 0,
  cost: (_options, { sampleRate, hop }) => ({
    setUp: 0,
    memory: floats(6 * hop),
    playing: sampleRate * 1e-9,
  }),
  stream: (context, _options, [a, b]) => new MixStream(context, a, b),
};

class MixStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #a: Pointer;
  readonly #b: Pointer;
  readonly #gainA: LateGlide;
  readonly #gainB: LateGlide;
  readonly #scaled: Pointer;

  constructor(context: StreamContext, a: Pointer, b: Pointer) {
    this.#kernels = context.heap.kernels;
    this.#hop = context.hop;
    this.#a = a;
    this.#b = b;
    this.#gainA = new LateGlide(context);
    this.#gainB = new LateGlide(context);
    this.#scaled = context.heap.alloc(context.hop);
    this.output = context.heap.alloc(context.hop);
  }

  control(u: Pointer, _f0: number, first: boolean): void {
    this.#gainA.control(u, first);
    this.#gainB.control(u + 4, first);
  }

  render(): void {
    const kernels = this.#kernels;
    const hop = this.#hop;
    this.#gainA.next();
    this.#gainB.next();
    kernels.multiply(this.output, this.#a, this.#gainA.values, hop);
    kernels.multiply(this.#scaled, this.#b, this.#gainB.values, hop);
    kernels.addTo(this.output, this.#scaled, hop);
  }

  reset(): void {
    this.#gainA.reset();
    this.#gainB.reset();
    this.#kernels.silence(this.output, this.#hop);
  }
}
