/**
 * What training minimises: the multi-scale spectral loss (DESIGN: Loss).
 *
 * For every size N: power spectrograms with a periodic Hann window, hop N/4, no padding; the means of
 * |P - T| and of |log(P + 1e-4) - log(T + 1e-4)|; the loss is the sum of all of them divided by twice the
 * number of sizes. Two powers that are equal have gradient 0.
 */

import type { Heap, Pointer } from '../../engine/kernels';
import type { FftPlans, RealFft } from '../../engine/spectral/fft';
import { hann } from '../../engine/spectral/window';
import type { TrainKernels } from '../../engine/synth/trainable';

export interface SpectralLossOptions {
  /** samples of an example; at least the largest size */
  readonly length: number;
  /** frame sizes, powers of two from 32 */
  readonly sizes?: readonly number[];
}

interface Scale {
  readonly fft: RealFft;
  readonly window: Pointer;
  readonly frames: number;
  /** floats from the start of a target's store */
  readonly offset: number;
}

const SIZES = [64, 128, 256, 512, 1024, 2048];

export class SpectralLoss {
  /** floats of a target's store: its power spectrograms at all scales */
  readonly storeLength: number;
  /** of the last example, one value a scale: mean |P - T| */
  readonly linear: Float64Array;
  /** of the last example, one value a scale: mean |log(P + 1e-4) - log(T + 1e-4)| */
  readonly log: Float64Array;
  readonly #heap: Heap<TrainKernels>;
  readonly #scales: Scale[] = [];
  readonly #sums: Pointer;
  readonly #spectrum: Pointer;
  readonly #frame: Pointer;

  /** @throws RangeError where the example is shorter than a frame, or a size is not one the FFT knows */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, { length, sizes = SIZES }: SpectralLossOptions) {
    this.#heap = heap;
    let offset = 0;
    for (const size of sizes) {
      if (length < size) throw new RangeError(`an example of ${length} samples has no frame of ${size}`);
      const fft = plans.get(size);
      const frames = Math.floor((length - size) / (size / 4)) + 1;
      this.#scales.push({ fft, window: heap.put(hann(size)), frames, offset });
      offset += frames * fft.stride;
    }
    this.storeLength = offset;
    this.linear = new Float64Array(sizes.length);
    this.log = new Float64Array(sizes.length);
    const largest = Math.max(...sizes);
    this.#spectrum = heap.alloc(plans.get(largest).spectrumLength);
    this.#frame = heap.alloc(largest);
    this.#sums = heap.alloc(6);
  }

  /**
   * Computes what the loss needs of a target; once an example, if the store is kept.
   * @param target `length` samples
   * @param store `storeLength` floats, written
   */
  prepareTarget(target: Pointer, store: Pointer): void {
    for (const { fft, window, frames, offset } of this.#scales) {
      this.#heap.kernels.powerSpectrogram(
        store + offset * 4,
        target,
        window,
        this.#spectrum,
        this.#frame,
        fft.tables,
        fft.work,
        fft.size,
        fft.size / 4,
        frames,
      );
    }
  }

  /**
   * @param prediction `length` samples
   * @param store a prepared target
   * @param dPrediction `length` values, `weight` times the loss's gradient is added
   * @returns the loss of this example (not weighted)
   */
  forwardBackward(prediction: Pointer, store: Pointer, dPrediction: Pointer, weight: number): number {
    return this.#run(prediction, store, dPrediction, weight);
  }

  /** The loss alone. */
  evaluate(prediction: Pointer, store: Pointer): number {
    return this.#run(prediction, store, 0, 0);
  }

  #run(prediction: Pointer, store: Pointer, dPrediction: Pointer, weight: number): number {
    let total = 0;
    this.#scales.forEach(({ fft, window, frames, offset }, i) => {
      const count = frames * fft.bins;
      const share = weight / (count * 2 * this.#scales.length);
      this.#heap.kernels.spectralLoss(
        this.#sums,
        dPrediction,
        prediction,
        store + offset * 4,
        window,
        this.#spectrum,
        this.#frame,
        fft.tables,
        fft.work,
        fft.size,
        frames,
        share,
        share,
      );
      const [difference, exponent, ratio] = this.#readSums();
      this.linear[i] = difference / count;
      this.log[i] = (exponent * Math.LN2 + Math.log(ratio)) / count;
      total += this.linear[i] + this.log[i];
    });
    return total / (2 * this.#scales.length);
  }

  #readSums(): Float64Array {
    const { buffer, byteOffset } = this.#heap.view(this.#sums, 6);
    return new Float64Array(buffer, byteOffset, 3);
  }
}
