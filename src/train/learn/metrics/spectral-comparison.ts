/**
 * Distances between two sounds, independent of the loss. All use power spectrograms P (of the first sound) and
 * T (of the second): periodic Hann window of 2048, hop 512, no padding.
 *
 * - log-spectral distance, dB: for every frame the root mean square over bins of the difference of
 *   10 log10(power + 1e-4), then the mean over frames. The floor lies 94 dB below a full-scale sine.
 * - spectral convergence (Arik, Jun & Diamos 2018): the Frobenius norm of sqrt(T) - sqrt(P) over that of
 *   sqrt(T).
 * - loudness error, dB: mean over frames of the absolute difference of 10 log10(mean A-weighted power),
 *   neither below -80.
 * - MFCC distance, dB: mean over frames of the mel-cepstral distortion (Kubichek 1993),
 *   10 / ln 10 sqrt(2 sum (c(m) - c'(m))^2) over m = 1..13, of 40 mel bands. It is the root mean square
 *   difference of the smoothed spectral envelopes; level, c(0), is left to the loudness.
 */

import { LOUDNESS_FLOOR } from '../../../analysis/analyser';
import { aWeighting } from '../../../analysis/loudness';
import type { FftPlans } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import type { Distances } from './figures';
import { MelCepstrum, melBank } from './mel';
import { PowerSpectrogram } from './power-spectrogram';

const SIZE = 2048;
const HOP = 512;
const FLOOR = 1e-4;
const BANDS = 40;
const COEFFICIENTS = 14;
const DECIBELS = 10 / Math.LN10;

export class SpectralComparison {
  readonly #heap: Heap<TrainKernels>;
  readonly #spectrogram: PowerSpectrogram;
  readonly #at: readonly [Pointer, Pointer];
  readonly #weights: Float64Array;
  readonly #cepstrum: MelCepstrum;
  readonly #cepstra = [new Float64Array(COEFFICIENTS), new Float64Array(COEFFICIENTS)] as const;

  /**
   * @param length samples of a sound
   * @param sampleRate Hz
   * @throws RangeError below 2048 samples
   */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, length: number, sampleRate: number) {
    this.#heap = heap;
    this.#spectrogram = new PowerSpectrogram(heap, plans, { length, size: SIZE, hop: HOP });
    const floats = this.#spectrogram.frames * this.#spectrogram.stride;
    this.#at = [heap.alloc(floats), heap.alloc(floats)];
    this.#weights = Float64Array.from(
      { length: SIZE / 2 + 1 },
      (_, k) => 10 ** (aWeighting((k * sampleRate) / SIZE) / 10) / (SIZE / 2 + 1),
    );
    this.#cepstrum = new MelCepstrum(melBank(sampleRate, SIZE, BANDS), COEFFICIENTS, FLOOR);
  }

  /** @param p,t `length` samples each: what is judged, and what it should be */
  between(p: Pointer, t: Pointer): Distances {
    const { frames, bins, stride } = this.#spectrogram;
    const [pAt, tAt] = this.#at;
    this.#spectrogram.compute(pAt, p);
    this.#spectrogram.compute(tAt, t);
    let missed = 0;
    let wanted = 0;
    let loudness = 0;
    let cepstral = 0;
    for (let i = 0; i < frames; i++) {
      const a = this.#heap.view(pAt + i * stride * 4, bins);
      const b = this.#heap.view(tAt + i * stride * 4, bins);
      for (let k = 0; k < bins; k++) {
        missed += (Math.sqrt(a[k]) - Math.sqrt(b[k])) ** 2;
        wanted += b[k];
      }
      loudness += Math.abs(this.#loudness(a) - this.#loudness(b));
      cepstral += this.#cepstralDistortion(a, b);
    }
    const { kernels } = this.#heap;
    return {
      // the kernel's logarithm does not handle NaN
      logSpectralDistance: Number.isNaN(missed)
        ? Number.NaN
        : kernels.logSpectralDistance(pAt, tAt, bins, stride, frames),
      // the distance to silence would be infinite
      spectralConvergence: Math.sqrt(missed / Math.max(wanted, FLOOR)),
      loudnessError: loudness / frames,
      mfccDistance: cepstral / frames,
    };
  }

  #loudness(powers: Float32Array): number {
    let sum = 0;
    for (let k = 0; k < powers.length; k++) sum += this.#weights[k] * powers[k];
    return sum < 10 ** (LOUDNESS_FLOOR / 10) ? LOUDNESS_FLOOR : DECIBELS * Math.log(sum);
  }

  #cepstralDistortion(a: Float32Array, b: Float32Array): number {
    const [p, t] = this.#cepstra;
    this.#cepstrum.compute(p, a);
    this.#cepstrum.compute(t, b);
    let sum = 0;
    for (let m = 1; m < COEFFICIENTS; m++) sum += (p[m] - t[m]) ** 2;
    return DECIBELS * Math.sqrt(2 * sum);
  }
}
