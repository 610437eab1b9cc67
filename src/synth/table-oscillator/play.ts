/**
 * TableOscillator: one period of a wave, read at the pace of f0 with linear interpolation (the sawtooth of
 * realtimeDDSP). It has the aliases that the original has. Phase begins at 0 with the first sample. The table's last
 * value ends the period, so that a period has `size` - 1 steps.
 */

import { floats, tabulated } from '../../dsp/cost';
import type { Pointer } from '../../dsp/heap';
import { OscillatorStream } from '../oscillator';
import type { Options, ProcessorType, StreamContext } from '../processor';

const TABLE = 'waveform';

class TableOscillatorStream extends OscillatorStream {
  readonly #table: Pointer;
  readonly #size: number;
  readonly #sampleRate: number;
  readonly #amplitude: Pointer;

  constructor(context: StreamContext, { size }: Options) {
    super(context, 1);
    const { heap, name, sampleRate } = context;
    this.#size = size;
    this.#sampleRate = sampleRate;
    this.#table = heap.filled(`${name}/${TABLE}`, size, (at) =>
      heap.view(at, size).set(context.tensor(TABLE)),
    );
    this.#amplitude = heap.alloc(context.hop);
  }

  protected override scale(to: Pointer, u: Pointer): void {
    this.kernels.expSigmoid(to, u, 1, 1);
  }

  protected override write(out: Pointer, skip: number, n: number): void {
    const weight = this.weight + skip * 4;
    const { kernels, phase, fromHz, toHz } = this;
    kernels.tableWave(out, phase, weight, fromHz, toHz, this.#sampleRate, this.#table, this.#size, n);
    kernels.glide(this.#amplitude, weight, this.from, this.to, n);
    kernels.multiply(out, out, this.#amplitude, n);
  }
}

export const tableOscillator: ProcessorType = {
  type: 'TableOscillator',
  audio: [],
  knob: 'harmonics',
  options: { size: { min: 2, max: 65_536, integer: true } },
  controls: () => [{ name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 }],
  tensors: ({ size }) => ({ [TABLE]: size }),
  lookahead: () => 0,
  tail: () => 0,
  cost: ({ size }, { sampleRate, hop }) => ({
    setUp: 1e-9 * size,
    memory: tabulated(size) + floats(6 * hop),
    playing: sampleRate * 10e-9,
  }),
  stream: (context, options) => new TableOscillatorStream(context, options),
};
