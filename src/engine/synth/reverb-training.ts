/** What the reverbs share in training: convolution with a learned response, forward and backward. */

import type { Pointer } from '../kernels';
import { FftPlans, fftSizeFor, type RealFft } from '../spectral/fft';
import type { AudioInput, TrainableProcessor, TrainContext } from './trainable';

/** Where a response comes from: the learned tensor itself, or what is computed of learned tensors. */
export interface LearnedResponse {
  /** taps, from one sample after the direct sound on */
  readonly size: number;
  /** Once a batch: the response as it is now, `size` values. */
  value(): Pointer;
  /**
   * Once a batch: adds what `gradient` means for the learned tensors.
   * @param gradient with respect to the first `taps` values; an example is too short to hear the others
   */
  learn(gradient: Pointer, taps: number): void;
}

/**
 * wet = dry * [0, response] over one example, by one transform as long as both together. Cached for backward:
 * the spectrum of the dry signal. The response's gradient is summed over the batch as a spectrum.
 */
export class ConvolutionTraining {
  /** samples that `backward` reads at `dWet`: those of the example, then zeros */
  readonly paddedLength: number;
  readonly #heap: TrainContext['heap'];
  readonly #source: LearnedResponse;
  readonly #length: number;
  /** taps that an example can hear */
  readonly #taps: number;
  readonly #fft: RealFft;
  readonly #response: Pointer;
  readonly #dResponse: Pointer;
  readonly #dry: Pointer;
  readonly #product: Pointer;
  readonly #samples: Pointer;

  constructor({ heap, hop, frames }: TrainContext, source: LearnedResponse) {
    this.#heap = heap;
    this.#source = source;
    this.#length = hop * frames;
    this.#taps = Math.min(source.size, this.#length - 1);
    const fft = FftPlans.of(heap).get(fftSizeFor(this.#length + this.#taps));
    this.#fft = fft;
    this.paddedLength = fft.size;
    this.#response = heap.alloc(fft.spectrumLength);
    this.#dResponse = heap.alloc(fft.spectrumLength);
    this.#dry = heap.alloc(fft.spectrumLength);
    this.#product = heap.alloc(fft.spectrumLength);
    this.#samples = heap.alloc(fft.size);
  }

  begin(): void {
    const { kernels } = this.#heap;
    kernels.silence(this.#dResponse, this.#fft.spectrumLength);
    kernels.silence(this.#samples, this.#fft.size);
    kernels.move(this.#samples + 4, this.#source.value(), this.#taps);
    this.#transform(this.#response, this.#samples);
  }

  /** @returns the wet signal, valid until the next call of any method */
  forward(dry: Pointer): Pointer {
    const { kernels } = this.#heap;
    const { size, stride } = this.#fft;
    kernels.move(this.#samples, dry, this.#length);
    kernels.silence(this.#samples + this.#length * 4, size - this.#length);
    this.#transform(this.#dry, this.#samples);
    kernels.multiplySpectra(this.#product, this.#dry, this.#response, stride);
    this.#invert(this.#product);
    return this.#samples;
  }

  /**
   * @param dWet `paddedLength` samples
   * @returns gradient with respect to the dry signal, valid until the next call of any method
   */
  backward(dWet: Pointer): Pointer {
    const { kernels } = this.#heap;
    const { stride } = this.#fft;
    this.#transform(this.#product, dWet);
    kernels.correlateSpectraAdd(this.#dResponse, this.#dry, this.#product, stride);
    kernels.correlateSpectra(this.#product, this.#response, this.#product, stride);
    this.#invert(this.#product);
    return this.#samples;
  }

  end(): void {
    this.#invert(this.#dResponse);
    this.#source.learn(this.#samples + 4, this.#taps);
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
    // backward transforms it as it lies: zeros follow
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
