/** Shared by the reverbs in training: convolution with a learned response, forward and backward. */

import { FftPlans, fftSizeFor, type RealFft } from '../dsp/fft';
import type { Pointer } from '../dsp/heap';
import type { AudioInput, TrainableProcessor, TrainContext } from './trainable';

/** Source of a response: a learned tensor, or a function of learned tensors. */
export interface LearnedResponse {
  /** taps, from one sample after the direct sound on */
  readonly size: number;
  /** Called once per batch: the current response, `size` values. */
  value(): Pointer;
  /**
   * Called once per batch: adds the gradient of the learned tensors.
   * @param gradient with respect to the first `taps` values; an example is too short for the others
   */
  learn(gradient: Pointer, taps: number): void;
}

/** A transform of this size fits the cache with its tables. Larger convolutions are cut into blocks. */
export const LARGEST_TRANSFORM = 32768;

/**
 * Computes wet = dry * [0, response] over one example, in the frequency domain. If one transform of moderate size
 * holds both, it is computed as a whole. Otherwise each block of the dry signal is convolved with each partition of
 * the response that the example is long enough for. The backward pass needs the spectra of the dry blocks, which are
 * kept. The gradient of the response is summed over the batch as spectra.
 */
export class ConvolutionTraining {
  /** samples that `backward` reads at `dWet`: the example, then zeros */
  readonly paddedLength: number;
  readonly #heap: TrainContext['heap'];
  readonly #source: LearnedResponse;
  readonly #length: number;
  /** taps that fit into an example */
  readonly #taps: number;
  readonly #fft: RealFft;
  /** samples per block, and per partition of the response */
  readonly #block: number;
  readonly #blocks: number;
  readonly #partitions: number;
  readonly #response: Pointer;
  readonly #dResponse: Pointer;
  readonly #dry: Pointer;
  readonly #dWet: Pointer;
  readonly #product: Pointer;
  readonly #samples: Pointer;
  /** the returned signal */
  readonly #result: Pointer;

  /** @param largest largest FFT size, a power of two */
  constructor({ heap, hop, frames }: TrainContext, source: LearnedResponse, largest = LARGEST_TRANSFORM) {
    this.#heap = heap;
    this.#source = source;
    this.#length = hop * frames;
    this.#taps = Math.min(source.size, this.#length - 1);
    const size = fftSizeFor(this.#length + this.#taps);
    const fft = FftPlans.of(heap).get(Math.min(size, largest));
    this.#fft = fft;
    this.#block = size > largest ? largest / 2 : this.#length;
    this.#blocks = Math.ceil(this.#length / this.#block);
    this.#partitions = Math.ceil((this.#taps + 1) / this.#block);
    this.paddedLength = (this.#blocks - 1) * this.#block + fft.size;
    this.#response = heap.alloc(this.#partitions * fft.spectrumLength);
    this.#dResponse = heap.alloc(this.#partitions * fft.spectrumLength);
    this.#dry = heap.alloc(this.#blocks * fft.spectrumLength);
    this.#dWet = heap.alloc(this.#blocks * fft.spectrumLength);
    this.#product = heap.alloc(fft.spectrumLength);
    this.#samples = heap.alloc(fft.size);
    this.#result = heap.alloc(this.#blocks * this.#block);
  }

  begin(): void {
    const { kernels } = this.#heap;
    kernels.silence(this.#dResponse, this.#partitions * this.#fft.spectrumLength);
    const response = this.#source.value();
    for (let i = 0; i < this.#partitions; i++) {
      // the response starts one sample after the direct sound
      const from = Math.max(0, i * this.#block - 1);
      const end = Math.min(this.#taps, (i + 1) * this.#block - 1);
      this.#load(response + from * 4, end - from, i === 0 ? 1 : 0);
      this.#transform(this.#spectrum(this.#response, i), this.#samples);
    }
  }

  /** @returns the wet signal, valid until the next call of any method */
  forward(dry: Pointer): Pointer {
    const { kernels } = this.#heap;
    const { stride, spectrumLength } = this.#fft;
    const block = this.#block;
    for (let j = 0; j < this.#blocks; j++) {
      this.#load(dry + j * block * 4, Math.min(block, this.#length - j * block), 0);
      this.#transform(this.#spectrum(this.#dry, j), this.#samples);
      kernels.silence(this.#product, spectrumLength);
      const heard = Math.min(j + 1, this.#partitions);
      kernels.multiplyPartitions(this.#product, this.#dry, this.#response, stride, this.#blocks, j, 0, heard);
      this.#invert(this.#product);
      const out = this.#result + j * block * 4;
      if (j > 0) kernels.addTo(out, this.#samples, block);
      else kernels.move(out, this.#samples, block);
      if (j + 1 < this.#blocks) kernels.move(out + block * 4, this.#samples + block * 4, block);
    }
    return this.#result;
  }

  /**
   * @param dWet `paddedLength` samples
   * @returns gradient with respect to the dry signal, valid until the next call of any method
   */
  backward(dWet: Pointer): Pointer {
    const { kernels } = this.#heap;
    const { stride, spectrumLength } = this.#fft;
    const block = this.#block;
    // from the last block to the first: each needs its own gradient and those of later blocks
    for (let j = this.#blocks - 1; j >= 0; j--) {
      this.#transform(this.#spectrum(this.#dWet, j), dWet + j * block * 4);
      kernels.silence(this.#product, spectrumLength);
      for (let i = 0; i < Math.min(this.#partitions, this.#blocks - j); i++) {
        const later = this.#spectrum(this.#dWet, j + i);
        kernels.correlateSpectraAdd(this.#product, this.#spectrum(this.#response, i), later, stride);
        kernels.correlateSpectraAdd(
          this.#spectrum(this.#dResponse, i),
          this.#spectrum(this.#dry, j),
          later,
          stride,
        );
      }
      this.#invert(this.#product);
      kernels.move(this.#result + j * block * 4, this.#samples, block);
    }
    return this.#result;
  }

  end(): void {
    const block = this.#block;
    for (let i = 0; i < this.#partitions; i++) {
      this.#invert(this.#spectrum(this.#dResponse, i));
      this.#heap.kernels.move(this.#result + i * block * 4, this.#samples, block);
    }
    this.#source.learn(this.#result + 4, this.#taps);
  }

  #spectrum(spectra: Pointer, index: number): Pointer {
    return spectra + index * this.#fft.spectrumLength * 4;
  }

  /** `samples` = `offset` zeros, `count` values, zeros. */
  #load(values: Pointer, count: number, offset: number): void {
    const { kernels } = this.#heap;
    kernels.silence(this.#samples, this.#fft.size);
    kernels.move(this.#samples + offset * 4, values, count);
  }

  #transform(spectrum: Pointer, samples: Pointer): void {
    const { tables, work, size } = this.#fft;
    this.#heap.kernels.rfft(spectrum, samples, tables, work, size);
  }

  #invert(spectrum: Pointer): void {
    const { tables, work, size } = this.#fft;
    this.#heap.kernels.irfft(this.#samples, spectrum, tables, work, size);
  }
}

/** output = dry + wet. */
export class ReverbTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #heap: TrainContext['heap'];
  readonly #audio: AudioInput;
  readonly #length: number;
  readonly #convolution: ConvolutionTraining;

  constructor(context: TrainContext, audio: AudioInput, response: LearnedResponse) {
    const { heap, hop, frames } = context;
    this.#heap = heap;
    this.#audio = audio;
    this.#length = hop * frames;
    this.#convolution = new ConvolutionTraining(context, response);
    this.signal = heap.alloc(this.#length);
    // backward transforms it in place, with the zeros behind it
    this.gradient = heap.alloc(this.#convolution.paddedLength);
  }

  begin(): void {
    this.#convolution.begin();
  }

  forward(): void {
    const wet = this.#convolution.forward(this.#audio.signal);
    this.#heap.kernels.add(this.signal, this.#audio.signal, wet, this.#length);
  }

  backward(): void {
    const { kernels } = this.#heap;
    const dDry = this.#convolution.backward(this.gradient);
    kernels.addTo(this.#audio.gradient, this.gradient, this.#length);
    kernels.addTo(this.#audio.gradient, dDry, this.#length);
  }

  end(): void {
    this.#convolution.end();
  }
}
