/**
 * WaveShaper: learned functions of the signal (a processor of realtimeDDSP, after Hayes et al. 2021).
 *
 *   y(n) = sum over j of m_j(n) T_j(a_j(n) x(n) + b_j(n))
 *
 * T_j is a table over -reach..reach with linear interpolation, 0 beyond. a and b are -1..1, m is 0..1; the decoder
 * chooses them in every frame, and they move linearly between frame centres.
 */

import { floats, tabulated } from '../../dsp/cost';
import type { Heap, Pointer } from '../../dsp/heap';
import { LateGlide } from '../late-glide';
import type { Options, ProcessorStream, ProcessorType, StreamContext } from '../processor';

const TABLES = 'tables';

export const waveShaper: ProcessorType = {
  type: 'WaveShaper',
  audio: ['audio'],
  knob: null,
  options: {
    functions: { min: 1, max: 256, integer: true },
    size: { min: 2, max: 65_536, integer: true },
    reach: { default: 3, min: 0.001, max: 1000, integer: false },
  },
  controls: ({ functions }) => [
    { name: 'index', size: functions, scaling: 'sigmoid', min: -1, max: 1 },
    { name: 'bias', size: functions, scaling: 'sigmoid', min: -1, max: 1 },
    { name: 'mix', size: functions, scaling: 'sigmoid', max: 1 },
  ],
  tensors: ({ functions, size }) => ({ [TABLES]: functions * size }),
  lookahead: () => 0,
  tail: () => 0,
  cost: ({ functions, size }, { sampleRate, hop }) => ({
    setUp: 1e-9 * functions * size,
    memory: tabulated(functions * size) + floats(3 * functions * hop),
    playing: sampleRate * functions * 12e-9,
  }),
  stream: (context, options, [audio]) => new WaveShaperStream(context, options, audio),
};

class WaveShaperStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #audio: Pointer;
  readonly #tables: Pointer;
  readonly #size: number;
  readonly #reach: number;
  readonly #index: readonly LateGlide[];
  readonly #bias: readonly LateGlide[];
  readonly #mix: readonly LateGlide[];

  constructor(context: StreamContext, { functions, size, reach }: Options, audio: Pointer) {
    const { heap, hop, name } = context;
    const glides = () => Array.from({ length: functions }, () => new LateGlide(context));
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#audio = audio;
    this.#size = size;
    this.#reach = reach;
    this.#tables = heap.filled(`${name}/${TABLES}`, functions * size, (at) =>
      heap.view(at, functions * size).set(context.tensor(TABLES)),
    );
    this.#index = glides();
    this.#bias = glides();
    this.#mix = glides();
    this.output = heap.alloc(hop);
  }

  control(u: Pointer, _f0: number, first: boolean): void {
    const count = this.#mix.length;
    for (let j = 0; j < count; j++) {
      this.#index[j].control(u + j * 4, first);
      this.#bias[j].control(u + (count + j) * 4, first);
      this.#mix[j].control(u + (2 * count + j) * 4, first);
    }
  }

  render(): void {
    const kernels = this.#kernels;
    kernels.silence(this.output, this.#hop);
    for (let j = 0; j < this.#mix.length; j++) {
      this.#index[j].next();
      this.#bias[j].next();
      this.#mix[j].next();
      kernels.addShaped(
        this.output,
        this.#audio,
        this.#index[j].values,
        this.#bias[j].values,
        this.#mix[j].values,
        this.#tables + j * this.#size * 4,
        this.#size,
        this.#reach,
        this.#hop,
      );
    }
  }

  reset(): void {
    for (let j = 0; j < this.#mix.length; j++) {
      this.#index[j].reset();
      this.#bias[j].reset();
      this.#mix[j].reset();
    }
    this.#kernels.silence(this.output, this.#hop);
  }
}
