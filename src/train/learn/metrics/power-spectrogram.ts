/** Power spectrograms by the kernels, for measurements and pictures. */

import type { FftPlans, RealFft } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import { hann } from '../../../dsp/window';

export interface SpectrogramShape {
  /** samples of a sound */
  readonly length: number;
  /** N, a power of two from 32 */
  readonly size: number;
  readonly hop: number;
  /** `size` values; default: a periodic Hann window */
  readonly window?: ArrayLike<number>;
}

/** No padding: only frames entirely inside the sound. */
export class PowerSpectrogram {
  readonly frames: number;
  /** N/2 + 1 */
  readonly bins: number;
  /** floats from one frame to the next */
  readonly stride: number;
  readonly #heap: Heap<TrainKernels>;
  readonly #fft: RealFft;
  readonly #size: number;
  readonly #hop: number;
  readonly #window: Pointer;
  readonly #scratch: Pointer;

  /** @throws RangeError when the sound is shorter than a frame */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, shape: SpectrogramShape) {
    const { length, size, hop, window = hann(size) } = shape;
    if (length < size) throw new RangeError(`a sound of ${length} samples has no frame of ${size}`);
    this.#heap = heap;
    // the real transform of 2 * size values uses the complex transform of size values
    this.#fft = plans.get(2 * size);
    this.#size = size;
    this.#hop = hop;
    this.frames = Math.floor((length - size) / hop) + 1;
    this.bins = size / 2 + 1;
    this.stride = size / 2 + 4;
    this.#window = heap.put(window);
    this.#scratch = heap.alloc(heap.kernels.spectrogramScratch(size));
  }

  /**
   * @param out `frames * stride` floats
   * @param x the sound's samples
   */
  compute(out: Pointer, x: Pointer): void {
    this.#heap.kernels.powerSpectrogram(
      out,
      x,
      this.#window,
      this.#scratch,
      this.#fft.tables,
      this.#size,
      this.#hop,
      this.frames,
    );
  }
}
