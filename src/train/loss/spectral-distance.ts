/** How far two sounds are apart to the ear, in one number that does not depend on the loss. */

import type { Heap, Pointer } from '../../engine/kernels';
import type { FftPlans, RealFft } from '../../engine/spectral/fft';
import { hann } from '../../engine/spectral/window';
import type { TrainKernels } from '../../engine/synth/trainable';

const SIZE = 2048;
const HOP = 512;

/**
 * Log-spectral distance, dB: for every frame the root mean square over bins of the difference of
 * 10 log10(power + 1e-4), then the mean over frames. Periodic Hann of 2048, hop 512, no padding. The
 * floor lies 94 dB below a full-scale sine.
 */
export class SpectralDistance {
  readonly #heap: Heap<TrainKernels>;
  readonly #fft: RealFft;
  readonly #frames: number;
  readonly #window: Pointer;
  readonly #spectrum: Pointer;
  readonly #frame: Pointer;
  readonly #powers: readonly [Pointer, Pointer];

  /**
   * @param length samples of a sound
   * @throws RangeError below 2048
   */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, length: number) {
    if (length < SIZE) throw new RangeError(`a sound of ${length} samples has no frame of ${SIZE}`);
    this.#heap = heap;
    this.#fft = plans.get(SIZE);
    this.#frames = Math.floor((length - SIZE) / HOP) + 1;
    this.#window = heap.put(hann(SIZE));
    this.#spectrum = heap.alloc(this.#fft.spectrumLength);
    this.#frame = heap.alloc(SIZE);
    const rows = this.#frames * this.#fft.stride;
    this.#powers = [heap.alloc(rows), heap.alloc(rows)];
  }

  /** @param a,b `length` samples each */
  between(a: Pointer, b: Pointer): number {
    const { bins, stride } = this.#fft;
    this.#power(this.#powers[0], a);
    this.#power(this.#powers[1], b);
    return this.#heap.kernels.logSpectralDistance(...this.#powers, bins, stride, this.#frames);
  }

  #power(out: Pointer, x: Pointer): void {
    const { tables, work } = this.#fft;
    this.#heap.kernels.powerSpectrogram(
      out,
      x,
      this.#window,
      this.#spectrum,
      this.#frame,
      tables,
      work,
      SIZE,
      HOP,
      this.#frames,
    );
  }
}
