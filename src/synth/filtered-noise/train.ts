/** FilteredNoise in training. */

import type { Pointer } from '../../dsp/heap';
import type { Options } from '../processor';
import type { NoiseInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';
import { BlockFilter } from './block-filter';
import { MAGNITUDE_MAX } from './play';

export const filteredNoiseTraining: TrainableType = {
  create: (context, options) => new FilteredNoiseTraining(context, options),
};

/** Kept for the backward pass: the spectra of the noise blocks. */
class FilteredNoiseTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly randomness: NoiseInput;
  readonly #context: TrainContext;
  readonly #bands: number;
  readonly #filter: BlockFilter;
  readonly #magnitudes: Pointer;
  readonly #taps: Pointer;
  /** T spectra */
  readonly #noise: Pointer;
  readonly #product: Pointer;
  /** the signal, with room for what the filters spread before and after it */
  readonly #padded: Pointer;
  readonly #paddedLength: number;
  #seed = 0;

  constructor(context: TrainContext, options: Options) {
    const { bands } = options;
    const { heap, sampleRate, hop, frames } = context;
    this.#context = context;
    this.#bands = bands;
    this.#filter = new BlockFilter(heap, options, hop, sampleRate, sampleRate);
    const { basis, fft } = this.#filter;
    this.#magnitudes = heap.alloc(frames * bands);
    this.#taps = heap.alloc(frames * basis.tapStride);
    this.#noise = heap.alloc(frames * fft.spectrumLength);
    this.#product = heap.alloc(fft.spectrumLength);
    this.#paddedLength = frames * hop + 2 * basis.reach;
    this.#padded = heap.alloc(this.#paddedLength);
    this.signal = this.#padded + basis.reach * 4;
    // backward transforms whole frames of it, with zeros around
    this.gradient = heap.alloc(basis.reach + frames * hop + fft.size) + basis.reach * 4;
    this.randomness = {
      noise: heap.alloc(frames * hop),
      recorded: false,
      seed: (value) => {
        this.#seed = value;
      },
    };
  }

  begin(): void {}

  forward(u: Pointer): void {
    const { heap, hop, frames, stride } = this.#context;
    const { kernels } = heap;
    const { basis, basisAt, fft, block, filtered, length } = this.#filter;
    const { noise, recorded } = this.randomness;
    const bands = this.#bands;
    if (!recorded) kernels.uniformNoise(noise, this.#seed, 0, frames * hop);
    for (let i = 0; i < frames; i++) {
      kernels.expSigmoid(this.#magnitudes + i * bands * 4, u + i * stride * 4, MAGNITUDE_MAX, bands);
    }
    kernels.filterTaps(this.#taps, this.#magnitudes, basisAt, bands, basis.tapStride, bands, frames);
    kernels.silence(this.#padded, this.#paddedLength);
    for (let i = 0; i < frames; i++) {
      kernels.move(block + basis.reach * 4, noise + i * hop * 4, hop);
      const spectrum = this.#noise + i * fft.spectrumLength * 4;
      const taps = this.#taps + i * basis.tapStride * 4;
      this.#filter.run(heap, taps, spectrum, this.#product);
      kernels.addTo(this.#padded + i * hop * 4, filtered, length);
    }
  }

  backward(u: Pointer, _f0: Pointer, du: Pointer): void {
    const { heap, hop, frames, stride } = this.#context;
    const { kernels } = heap;
    const { basis, basisAt, fft, filter, filtered } = this.#filter;
    const { reach, tapStride } = basis;
    const bands = this.#bands;
    for (let i = 0; i < frames; i++) {
      // samples beyond H + 2 reach do not matter: their lag to the block is longer than reach
      const around = this.gradient + (i * hop - reach) * 4;
      kernels.rfft(filter, around, fft.tables, fft.work, fft.size);
      kernels.correlateEven(filter, this.#noise + i * fft.spectrumLength * 4, filter, fft.stride);
      kernels.irfft(filtered, filter, fft.tables, fft.work, fft.size);
      kernels.spreadTapsBackward(this.#taps + i * tapStride * 4, filtered, reach);
    }
    kernels.filterTapsBackward(this.#magnitudes, this.#taps, basisAt, bands, tapStride, bands, frames);
    for (let i = 0; i < frames; i++) {
      const frame = i * stride * 4;
      kernels.expSigmoidBackward(
        du + frame,
        this.#magnitudes + i * bands * 4,
        u + frame,
        MAGNITUDE_MAX,
        bands,
      );
    }
  }

  end(): void {}
}
