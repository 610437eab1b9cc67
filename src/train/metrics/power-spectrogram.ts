/** Power spectrograms by the kernels, for what is measured or shown rather than learned from. */

import type { Heap, Pointer } from '../../engine/kernels';
import type { FftPlans, RealFft } from '../../engine/spectral/fft';
import { hann } from '../../engine/spectral/window';
import type { TrainKernels } from '../../engine/synth/trainable';

export interface SpectrogramShape {
  /** samples of a sound */
  readonly length: number;
  /** N, a power of two from 32 */
  readonly size: number;
  readonly hop: number;
}

/** Periodic Hann window, no padding: frames that lie wholly inside the sound. */
export class PowerSpectrogram {
  readonly frames: number;
  /** N/2 + 1 */
  readonly bins: number;
  /** floats from one frame's powers to the next's */
  readonly stride: number;
  readonly #heap: Heap<TrainKernels>;
  readonly #fft: RealFft;
  readonly #hop: number;
  readonly #window: Pointer;
  readonly #spectrum: Pointer;
  readonly #frame: Pointer;

  /** @throws RangeError for a sound shorter than a frame */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, { length, size, hop }: SpectrogramShape) {
    if (length < size) throw new RangeError(`a sound of ${length} samples has no frame of ${size}`);
    this.#heap = heap;
    this.#fft = plans.get(size);
    this.#hop = hop;
    this.frames = Math.floor((length - size) / hop) + 1;
    this.bins = this.#fft.bins;
    this.stride = this.#fft.stride;
    this.#window = heap.put(hann(size));
    this.#spectrum = heap.alloc(this.#fft.spectrumLength);
    this.#frame = heap.alloc(size);
  }

  /**
   * @param out `frames * stride` floats
   * @param x the sound's samples
   */
  compute(out: Pointer, x: Pointer): void {
    const { tables, work, size } = this.#fft;
    this.#heap.kernels.powerSpectrogram(
      out,
      x,
      this.#window,
      this.#spectrum,
      this.#frame,
      tables,
      work,
      size,
      this.#hop,
      this.frames,
    );
  }
}
