/**
 * Harmonic: a bank of K sines at the multiples of f0, by the kernels of src/kernels/synth.
 *
 * Controls: amplitude (1) and the distribution over the harmonics (K). A harmonic at or above the limit is
 * silent. The limit is the lower of the context's and the model's Nyquist frequency, so that an instrument
 * keeps the colour it was trained with when the context's rate is higher.
 *
 * Options for models that were trained elsewhere: `amplitudeMax` is the largest amplitude, 2 in ddsp_pytorch and
 * magenta. With `normaliseAll` 1 the distribution sums to 1 over all harmonics, those above the limit included, as
 * realtimeDDSP's `normalize_below_nyquist: false` has it; with 0, over those below.
 */

import { floats } from '../../dsp/cost';
import type { Heap, Pointer } from '../../dsp/heap';
import { OscillatorStream } from '../oscillator';
import type { Options, ProcessorType, StreamContext } from '../processor';

/** Harmonics as the kernels lay them out: a multiple of 16. */
export function paddedHarmonics(harmonics: number): number {
  return (harmonics + 15) & ~15;
}

/** What the options make of a frame's controls. */
export class HarmonicScale {
  readonly harmonics: number;
  readonly amplitudeMax: number;
  /** Hz; the distribution is normalised over the harmonics below */
  readonly limit: number;

  /** @param limit Hz; harmonics at or above it are silent */
  constructor({ harmonics, amplitudeMax = 1, normaliseAll = 0 }: Options, limit: number) {
    this.harmonics = harmonics;
    this.amplitudeMax = amplitudeMax;
    this.limit = normaliseAll === 1 ? Number.POSITIVE_INFINITY : limit;
  }

  /**
   * @param folded padded floats, written
   * @param scaled 1 + K floats, written: amplitude and distribution
   * @param u decoder outputs in (0, 1)
   */
  run(kernels: Heap['kernels'], folded: Pointer, scaled: Pointer, u: Pointer, hz: number): void {
    kernels.expSigmoid(scaled, u, this.amplitudeMax, 1);
    kernels.expSigmoid(scaled + 4, u + 4, 1, this.harmonics);
    kernels.harmonicControls(folded, scaled, hz, this.limit, this.harmonics);
  }
}

class HarmonicStream extends OscillatorStream {
  readonly #harmonics: number;
  readonly #scale: HarmonicScale;
  /** harmonics above the limit have controls too */
  readonly #isOpen: boolean;
  readonly #scaled: Pointer;
  readonly #scratch: Pointer;

  constructor(context: StreamContext, options: Options) {
    const { harmonics } = options;
    super(context, paddedHarmonics(harmonics));
    const { heap } = context;
    this.#harmonics = harmonics;
    this.#scale = new HarmonicScale(options, this.limit);
    this.#isOpen = options.normaliseAll === 1;
    this.#scaled = heap.alloc(1 + harmonics);
    this.#scratch = heap.alloc(heap.kernels.harmonicScratch(harmonics, false));
  }

  protected override scale(to: Pointer, u: Pointer, hz: number): void {
    this.#scale.run(this.kernels, to, this.#scaled, u, hz);
  }

  protected override write(out: Pointer, skip: number, n: number): void {
    const { kernels } = this;
    const segment = this.#isOpen || this.leapt ? kernels.harmonicSegmentOpen : kernels.harmonicSegment;
    segment(
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
  options: {
    harmonics: { min: 1, max: 512, integer: true },
    amplitudeMax: { default: 1, min: 0.01, max: 100, integer: false },
    normaliseAll: { default: 0, min: 0, max: 1, integer: true },
  },
  controls: ({ harmonics, amplitudeMax = 1 }) => [
    { name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: amplitudeMax },
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
  stream: (context, options) => new HarmonicStream(context, options),
};
