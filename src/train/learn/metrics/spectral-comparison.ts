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

import type { FftPlans } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import { AWeighted } from './a-weighted';
import type { Distances } from './figures';
import { type MelCepstrum, mfcc } from './mel';
import { PowerSpectrogram } from './power-spectrogram';

const SIZE = 2048;
const HOP = 512;
const FLOOR = 1e-4;
const DECIBELS = 10 / Math.LN10;

export class SpectralComparison {
  /** samples of the shortest sound */
  static readonly shortest = SIZE;
  readonly #heap: Heap<TrainKernels>;
  readonly #spectrogram: PowerSpectrogram;
  readonly #at: readonly [Pointer, Pointer];
  readonly #weighted: AWeighted;
  readonly #cepstrum: MelCepstrum;
  readonly #cepstra: readonly [Float64Array, Float64Array];

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
    this.#weighted = new AWeighted(sampleRate, SIZE);
    this.#cepstrum = mfcc(sampleRate, SIZE, FLOOR);
    this.#cepstra = [new Float64Array(this.#cepstrum.count), new Float64Array(this.#cepstrum.count)];
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
      loudness += Math.abs(this.#weighted.loudness(a) - this.#weighted.loudness(b));
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

  #cepstralDistortion(a: Float32Array, b: Float32Array): number {
    const [p, t] = this.#cepstra;
    this.#cepstrum.compute(p, a);
    this.#cepstrum.compute(t, b);
    let sum = 0;
    for (let m = 1; m < p.length; m++) sum += (p[m] - t[m]) ** 2;
    return DECIBELS * Math.sqrt(2 * sum);
  }
}
