/**
 * The multi-scale spectral loss (docs/design.md: Loss).
 *
 * For every size N it takes power spectrograms with a periodic Hann window, without padding. A term is the
 * mean over sizes, frames and bins of a difference (terms.ts). Terms with the same frames share their
 * transforms. The gradient at equal powers is 0.
 */

import type { FftPlans, RealFft } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import { hann } from '../../../dsp/window';
import { hopSamples, type SpectralTerms, type TermKind, weightAt } from './terms';

export interface SpectralLossOptions {
  /** samples of an example; at least the largest size */
  readonly length: number;
  readonly loss: SpectralTerms;
}

/** The part of a term at one scale. */
interface Part {
  readonly term: number;
  /** index in the term's sizes */
  readonly at: number;
}

/** One scale: frames of one size and hop. */
interface Scale {
  readonly size: number;
  /** of 2 size: the complex transform of size values is part of it */
  readonly fft: RealFft;
  readonly hop: number;
  readonly window: Pointer;
  readonly frames: number;
  /** frames times bins */
  readonly count: number;
  readonly parts: Readonly<Record<TermKind, Part[]>>;
  /** total weight of the terms of each kind at the current step */
  readonly shares: Record<TermKind, number>;
}

const KINDS: readonly TermKind[] = ['power', 'magnitude', 'log'];

/** Floats of scratch for the kernel's sums. */
const SUMS = 20;

export class SpectralLoss {
  /** of the last example: one value per term and size, the mean over frames and bins; NaN where the weight was 0 */
  readonly means: readonly Float64Array[];
  readonly #terms: SpectralTerms['terms'];
  readonly #heap: Heap<TrainKernels>;
  readonly #scales: readonly Scale[];
  readonly #sums: Pointer;
  readonly #scratch: Pointer;

  /** @throws RangeError when the example is shorter than a frame, or the FFT does not support a size */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, { length, loss }: SpectralLossOptions) {
    this.#heap = heap;
    this.#terms = loss.terms;
    const scales = new Map<string, Scale>();
    this.means = loss.terms.map(({ kind, sizes = loss.sizes, hop = loss.hop }, term) => {
      sizes.forEach((size, at) => {
        const samples = hopSamples(hop, size);
        const name = `${size}/${samples}`;
        let scale = scales.get(name);
        if (!scale) {
          if (length < size) throw new RangeError(`an example of ${length} samples has no frame of ${size}`);
          const frames = Math.floor((length - size) / samples) + 1;
          const parts = { power: [], magnitude: [], log: [] };
          const shares = { power: 0, magnitude: 0, log: 0 };
          scale = {
            size,
            fft: plans.get(2 * size),
            hop: samples,
            window: heap.put(hann(size)),
            frames,
            count: frames * (size / 2 + 1),
            parts,
            shares,
          };
          scales.set(name, scale);
        }
        scale.parts[kind].push({ term, at });
      });
      return new Float64Array(sizes.length);
    });
    this.#scales = [...scales.values()];
    this.step = 0;
    const largest = Math.max(...this.#scales.map(({ size }) => size));
    this.#scratch = heap.alloc(heap.kernels.spectrogramScratch(largest));
    this.#sums = heap.alloc(SUMS);
  }

  /** Optimizer steps done so far, for the schedules of weights. Initially 0. */
  set step(step: number) {
    const shares = this.#terms.map(({ weight }, i) => weightAt(weight, step) / this.means[i].length);
    for (const scale of this.#scales) {
      for (const kind of KINDS) {
        scale.shares[kind] = scale.parts[kind].reduce((sum, { term }) => sum + shares[term], 0);
      }
    }
  }

  /**
   * @param prediction `length` samples
   * @param target `length` samples
   * @param dPrediction `length` values, `weight` times the loss's gradient is added
   * @returns the loss of this example (not weighted)
   */
  forwardBackward(prediction: Pointer, target: Pointer, dPrediction: Pointer, weight: number): number {
    return this.#run(prediction, target, dPrediction, weight);
  }

  /** The loss alone. */
  evaluate(prediction: Pointer, target: Pointer): number {
    return this.#run(prediction, target, 0, 1);
  }

  #run(prediction: Pointer, target: Pointer, dPrediction: Pointer, weight: number): number {
    let total = 0;
    for (const mean of this.means) mean.fill(Number.NaN);
    for (const { size, fft, hop, window, frames, count, parts, shares } of this.#scales) {
      // terms with weight 0 are skipped
      if (shares.power === 0 && shares.magnitude === 0 && shares.log === 0) continue;
      this.#heap.kernels.spectralLoss(
        this.#sums,
        dPrediction,
        prediction,
        target,
        window,
        this.#scratch,
        fft.tables,
        size,
        hop,
        frames,
        (weight * shares.power) / count,
        (weight * shares.magnitude) / count,
        (weight * shares.log) / count,
      );
      const [power, magnitude, exponent, ratio] = this.#readSums();
      const sums = { power, magnitude, log: exponent * Math.LN2 + Math.log(ratio) };
      for (const kind of KINDS) {
        if (shares[kind] === 0) continue;
        const mean = sums[kind] / count;
        total += shares[kind] * mean;
        for (const { term, at } of parts[kind]) this.means[term][at] = mean;
      }
    }
    return total;
  }

  #readSums(): Float64Array {
    const { buffer, byteOffset } = this.#heap.view(this.#sums, SUMS);
    return new Float64Array(buffer, byteOffset, 4);
  }
}
