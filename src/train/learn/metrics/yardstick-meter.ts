/** Measures all yardsticks that need no tracker of the model's sound, in sums that threads can share. */

import type { FftPlans } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import { blackmanHarris, hann } from '../../../dsp/window';
import { Attack } from './attack';
import { BandMotion } from './band-motion';
import { SpectrumPair, type Sums } from './compared-spectra';
import { FrechetDistance } from './frechet';
import { HarmonicError } from './harmonic-error';
import { HarmonicsToNoise } from './harmonics-to-noise';
import type { Measure } from './measure';
import type { Yardsticks } from './yardsticks';

interface View {
  /** seconds of a frame, rounded to a power of two of samples */
  readonly seconds: number;
  readonly window: (size: number) => Float64Array;
  readonly measures: (sampleRate: number, size: number) => readonly Measure[];
}

/** Frames that contain each sample. */
const OVERLAP = 4;

const VIEWS: readonly View[] = [
  {
    seconds: 0.043,
    window: hann,
    measures: (rate, size) => [
      new HarmonicError(rate, size),
      new BandMotion(rate, size),
      new FrechetDistance(rate, size),
    ],
  },
  {
    seconds: 0.021,
    window: hann,
    measures: (rate, size) => [new Attack(rate, size)],
  },
  {
    seconds: 0.171,
    window: blackmanHarris,
    measures: (rate, size) => [new HarmonicsToNoise(rate, size)],
  },
];

export interface MeterShape {
  /** samples of a sound */
  readonly length: number;
  /** Hz */
  readonly sampleRate: number;
  /** samples between values of the pitch */
  readonly pitchHop: number;
}

export class YardstickMeter {
  readonly #measures: readonly (readonly Measure[])[];
  /** null when a sound is shorter than a frame */
  readonly #spectra: readonly (SpectrumPair | null)[];

  constructor(heap: Heap<TrainKernels>, plans: FftPlans, shape: MeterShape) {
    const { length, sampleRate } = shape;
    this.#measures = allMeasures(sampleRate);
    this.#spectra = VIEWS.map((view) => {
      const size = sizeOf(view, sampleRate);
      const frames = { size, hop: size / OVERLAP, window: view.window(size) };
      return length < size ? null : new SpectrumPair(heap, plans, { ...shape, ...frames });
    });
  }

  /** For `add`. */
  newSums(): Sums {
    return new Float64Array(this.#measures.flat().reduce((total, { size }) => total + size, 0));
  }

  /**
   * Adds one sound.
   * @param sums of `newSums`
   * @param model,recording the sounds' samples
   * @param f0 the recording's pitch, Hz, 0 = unvoiced
   */
  add(sums: Sums, model: Pointer, recording: Pointer, f0: ArrayLike<number>): void {
    let at = 0;
    this.#spectra.forEach((spectra, view) => {
      spectra?.compute(model, recording, f0);
      for (const measure of this.#measures[view]) {
        if (spectra) measure.add(sums.subarray(at, at + measure.size), spectra);
        at += measure.size;
      }
    });
  }
}

/** @param sums of all sounds */
export function yardsticksOf(sums: Sums, sampleRate: number): Yardsticks {
  let at = 0;
  const results = allMeasures(sampleRate)
    .flat()
    .map((measure) => {
      const own = sums.subarray(at, at + measure.size);
      at += measure.size;
      return measure.result(own);
    });
  return Object.assign({}, ...results);
}

export function addSums(a: Sums, b: Sums): Sums {
  return a.map((sum, i) => sum + b[i]);
}

function allMeasures(sampleRate: number): (readonly Measure[])[] {
  return VIEWS.map((view) => view.measures(sampleRate, sizeOf(view, sampleRate)));
}

/** Samples of a frame. */
function sizeOf({ seconds }: View, sampleRate: number): number {
  return 2 ** Math.round(Math.log2(seconds * sampleRate));
}
