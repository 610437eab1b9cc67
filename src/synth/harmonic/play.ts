/**
 * Harmonic: a bank of K sines at the multiples of f0, by the kernels of src/kernels/synth.
 *
 * Controls: amplitude (1) and the distribution over the harmonics (K). A harmonic at or above the limit is
 * silent. The limit is the lower of the context's and the model's Nyquist frequency, so that an instrument
 * keeps the colour it was trained with when the context's rate is higher.
 */

import { floats } from '../../dsp/cost';
import type { Pointer } from '../../dsp/heap';
import { OscillatorStream } from '../oscillator';
import type { ProcessorType, StreamContext } from '../processor';

/** Harmonics as the kernels lay them out: a multiple of 16. */
export function paddedHarmonics(harmonics: number): number {
  return (harmonics + 15) & ~15;
}

class HarmonicStream extends OscillatorStream {
  readonly #harmonics: number;
  readonly #scaled: Pointer;
  readonly #scratch: Pointer;

  constructor(context: StreamContext, harmonics: number) {
    super(context, paddedHarmonics(harmonics));
    const { heap } = context;
    this.#harmonics = harmonics;
    this.#scaled = heap.alloc(1 + harmonics);
    this.#scratch = heap.alloc(heap.kernels.harmonicScratch(harmonics, false));
  }

  protected override scale(to: Pointer, u: Pointer, hz: number): void {
    this.kernels.expSigmoid(this.#scaled, u, 1, 1 + this.#harmonics);
    this.kernels.harmonicControls(to, this.#scaled, hz, this.limit, this.#harmonics);
  }

  protected override write(out: Pointer, skip: number, n: number): void {
    this.kernels.harmonicSegment(
      out,
      this.phase,
      this.weight + skip * 4,
      skip + this.offset,
      this.hop,
      this.from,
      this.to,
      this.fromHz,
      this.toHz,
      this.limit,
      this.#harmonics,
      n,
      this.#scratch,
    );
  }
}

export const harmonic: ProcessorType = {
  type: 'Harmonic',
  audio: [],
  knob: 'harmonics',
  options: { harmonics: { min: 1, max: 512, integer: true } },
  controls: ({ harmonics }) => [
    { name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 },
    { name: 'harmonics', size: harmonics, scaling: 'exp_sigmoid', max: 1 },
  ],
  tensors: () => ({}),
  lookahead: () => 0,
  tail: () => 0,
  cost: ({ harmonics }, { sampleRate, hop }) => ({
    setUp: 0,
    memory: floats(6 * hop + 20 * paddedHarmonics(harmonics)),
    playing: sampleRate * (5e-9 + 0.25e-9 * harmonics) + (sampleRate / hop) * 10e-9 * harmonics,
  }),
  stream: (context, { harmonics }) => new HarmonicStream(context, harmonics),
};
