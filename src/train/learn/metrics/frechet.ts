/**
 * Frechet distance (Dowson & Landau 1982) of two corpora: each is taken for a normal distribution of its frames'
 * cepstra, and the distance is the root of |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), with means m and
 * covariances S. It asks whether all sounds together are alike, not whether each is.
 *
 * The cepstra are 1 to 13 of the MFCC distance, scaled as there: the distance of two corpora of one spectrum each is
 * their MFCC distance in dB. Frames in which the recording is silent do not count.
 */

import { LOUDNESS_FLOOR } from '../../../analysis/config';
import { AWeighted } from './a-weighted';
import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Measure } from './measure';
import { type MelCepstrum, mfcc } from './mel';
import { eigen, product, squareRoot } from './symmetric';
import type { Yardsticks } from './yardsticks';

const FLOOR = 1e-4;
/** dB */
const SILENT = LOUDNESS_FLOOR + 20;
/** Values of a frame: the level, c(0), is left to the loudness. */
const N = 13;
const SCALE = (10 / Math.LN10) * Math.SQRT2;

export class FrechetDistance implements Measure {
  /** frames, then for each sound the sums of values and of their products */
  readonly size = 1 + 2 * (N + N * N);
  readonly #weighted: AWeighted;
  readonly #cepstrum: MelCepstrum;
  readonly #values: Float64Array;

  constructor(sampleRate: number, size: number) {
    this.#weighted = new AWeighted(sampleRate, size);
    this.#cepstrum = mfcc(sampleRate, size, FLOOR);
    this.#values = new Float64Array(this.#cepstrum.count);
  }

  add(sums: Sums, spectra: ComparedSpectra): void {
    for (let i = 0; i < spectra.frames; i++) {
      const recording = spectra.recording(i);
      if (this.#weighted.loudness(recording) < SILENT) continue;
      sums[0]++;
      this.#addFrame(sums.subarray(1, 1 + N + N * N), spectra.model(i));
      this.#addFrame(sums.subarray(1 + N + N * N), recording);
    }
  }

  #addFrame(sums: Sums, powers: Float32Array): void {
    this.#cepstrum.compute(this.#values, powers);
    const values = this.#values.subarray(1);
    for (let m = 0; m < N; m++) {
      const value = SCALE * values[m];
      sums[m] += value;
      for (let n = 0; n < N; n++) sums[N + m * N + n] += value * SCALE * values[n];
    }
  }

  result(sums: Sums): Yardsticks {
    const [frames] = sums;
    if (frames === 0) return {};
    const model = normal(sums.subarray(1, 1 + N + N * N), frames);
    const recording = normal(sums.subarray(1 + N + N * N), frames);
    return { frechetDistance: { value: frechet(model, recording), recording: 0 } };
  }
}

/** A normal distribution of n values. */
export interface Normal {
  readonly mean: Float64Array;
  /** (n, n) */
  readonly covariance: Float64Array;
}

function normal(sums: Sums, frames: number): Normal {
  const mean = sums.slice(0, N).map((sum) => sum / frames);
  const covariance = Float64Array.from(
    { length: N * N },
    (_, i) => sums[N + i] / frames - mean[Math.floor(i / N)] * mean[i % N],
  );
  return { mean, covariance };
}

export function frechet(a: Normal, b: Normal): number {
  const n = a.mean.length;
  const root = squareRoot(a.covariance, n);
  const inner = product(product(root, b.covariance, n), root, n);
  let square = 0;
  for (let i = 0; i < n; i++) {
    square += (a.mean[i] - b.mean[i]) ** 2;
    square += a.covariance[i * n + i] + b.covariance[i * n + i];
  }
  for (const value of eigen(inner, n).values) square -= 2 * Math.sqrt(Math.max(value, 0));
  return Math.sqrt(Math.max(square, 0));
}
