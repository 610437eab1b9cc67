/**
 * IRReverb: a learned impulse response, fixed for the model. output = dry + dry * [0, ir]: the direct
 * sound stays as it is, the response begins one sample later (Engel et al. 2020).
 */

import type { Heap, Pointer } from '../../kernels';
import { Convolver } from '../../spectral/convolver';
import { FftPlans, fftSizeFor, type RealFft } from '../../spectral/fft';
import { RESPONSE_SPREAD, resampleResponse } from '../../spectral/resample-response';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';
import type { AudioInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';

const TYPE = 'IRReverb';
const TENSOR = 'ir';
/** a tail whose taps sum to less, in absolute value, cannot add more than this to an input of peak 1 */
const INAUDIBLE = 1e-7;
const TRAINED_MIX = 0.5;

export const irReverb: ProcessorType = {
  type: TYPE,
  audio: ['audio'],
  knob: 'reverb',
  options: { length: { min: 1, max: 1_000_000, integer: true } },
  controls: () => [],
  tensors: ({ length }) => ({ [TENSOR]: length }),
  lookahead: () => 0,
  tail: ({ length }, { sampleRate, modelRate }) =>
    sampleRate === modelRate
      ? length
      : Math.ceil((length * sampleRate) / modelRate + RESPONSE_SPREAD * Math.max(1, sampleRate / modelRate)),
  stream: (context, _options, [audio]) => new IrReverbStream(context, audio),
};

/** [0, ir] at the context's rate, without the end that cannot be heard. */
function responseOf(ir: Float32Array, modelRate: number, sampleRate: number): Float32Array {
  const delayed = new Float32Array(ir.length + 1);
  delayed.set(ir, 1);
  const response = resampleResponse(delayed, modelRate, sampleRate);
  let end = response.length;
  for (
    let rest = Math.abs(response[end - 1]);
    end > 1 && rest < INAUDIBLE;
    rest += Math.abs(response[end - 1])
  ) {
    end--;
  }
  return response.subarray(0, end);
}

class IrReverbStream implements ProcessorStream {
  readonly output: Pointer;
  /** mix: 2 (1 - knob) dry + 2 knob wet */
  knob = TRAINED_MIX;
  readonly #heap: Heap;
  readonly #hop: number;
  readonly #audio: Pointer;
  readonly #convolver: Convolver;
  #lastKnob = TRAINED_MIX;

  constructor({ heap, hop, sampleRate, modelRate, tensor }: StreamContext, audio: Pointer) {
    this.#heap = heap;
    this.#hop = hop;
    this.#audio = audio;
    this.#convolver = new Convolver(
      heap,
      heap.computed(() => responseOf(tensor(TENSOR), modelRate, sampleRate)),
      hop,
    );
    this.output = heap.alloc(hop);
  }

  control(_u: Pointer, _f0: number, first: boolean): void {
    if (first) this.#lastKnob = this.knob;
  }

  render(): void {
    const wet = this.#convolver.process(this.#audio);
    this.#heap.kernels.mix(this.output, this.#audio, wet, this.#lastKnob, this.knob, this.#hop);
    this.#lastKnob = this.knob;
  }

  reset(): void {
    this.#convolver.reset();
    this.#heap.kernels.silence(this.output, this.#hop);
    this.#lastKnob = this.knob;
  }
}

export const irReverbTraining: TrainableType = {
  type: TYPE,
  /**
   * Faint noise, 30 dB below the direct sound, that decays by e in 0.1 s. Adam moves every tap by about
   * one learning rate in its first steps whatever its gradient: from zero that builds a wash of constant
   * level over the whole response, which the model then has to unlearn; the decay here is a room's.
   */
  initial: (name, { length }, sampleRate, random) => {
    if (name !== TENSOR) throw new Error(`${TYPE} has no tensor ${name}`);
    return Float32Array.from(
      { length },
      (_, n) => 0.001 * (2 * random() - 1) * Math.exp(-n / (0.1 * sampleRate)),
    );
  },
  /**
   * A tenth of the learning rate at first, less by e every 0.25 s. Adam moves every tap by about the same
   * amount, however little the data says of it: at an even pace the late taps, of which it says least,
   * wander off into a wash as loud as the direct sound, whose interference makes every vibrato a tremolo.
   */
  pace: (_name, { length }, sampleRate) => {
    const stretch = Math.round(0.01 * sampleRate);
    return Array.from({ length: Math.ceil(length / stretch) }, (_, i) => ({
      end: Math.min(length, (i + 1) * stretch),
      share: 0.1 * Math.exp((-i * stretch) / (0.25 * sampleRate)),
    }));
  },
  create: (context, _options, [audio]) => new TrainableIrReverb(context, audio),
};

/**
 * One transform as long as the example and the response together. Cached for backward: the spectrum of
 * the dry signal. The response's gradient is summed over the batch as a spectrum. Taps that an example is
 * too short to hear get none.
 */
class TrainableIrReverb implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #heap: TrainContext['heap'];
  readonly #audio: AudioInput;
  readonly #ir: ReturnType<TrainContext['tensor']>;
  readonly #length: number;
  /** taps that an example can hear */
  readonly #taps: number;
  readonly #fft: RealFft;
  readonly #response: Pointer;
  readonly #dResponse: Pointer;
  readonly #dry: Pointer;
  readonly #product: Pointer;
  readonly #samples: Pointer;

  constructor({ heap, hop, frames, tensor }: TrainContext, audio: AudioInput) {
    this.#heap = heap;
    this.#audio = audio;
    this.#ir = tensor(TENSOR);
    this.#length = hop * frames;
    this.#taps = Math.min(this.#ir.size, this.#length - 1);
    const fft = FftPlans.of(heap).get(fftSizeFor(this.#length + this.#taps));
    this.#fft = fft;
    this.#response = heap.alloc(fft.spectrumLength);
    this.#dResponse = heap.alloc(fft.spectrumLength);
    this.#dry = heap.alloc(fft.spectrumLength);
    this.#product = heap.alloc(fft.spectrumLength);
    this.#samples = heap.alloc(fft.size);
    this.signal = heap.alloc(this.#length);
    // backward transforms it as it lies: zeros follow
    this.gradient = heap.alloc(fft.size);
  }

  begin(): void {
    const { kernels } = this.#heap;
    kernels.silence(this.#dResponse, this.#fft.spectrumLength);
    kernels.silence(this.#samples, this.#fft.size);
    kernels.move(this.#samples + 4, this.#ir.value, this.#taps);
    this.#transform(this.#response, this.#samples);
  }

  forward(): void {
    const { kernels } = this.#heap;
    const { size, stride } = this.#fft;
    kernels.move(this.#samples, this.#audio.signal, this.#length);
    kernels.silence(this.#samples + this.#length * 4, size - this.#length);
    this.#transform(this.#dry, this.#samples);
    kernels.multiplySpectra(this.#product, this.#dry, this.#response, stride);
    this.#invert(this.#product);
    kernels.move(this.signal, this.#audio.signal, this.#length);
    kernels.add(this.signal, this.signal, this.#samples, this.#length);
  }

  backward(): void {
    const { kernels } = this.#heap;
    const { stride } = this.#fft;
    this.#transform(this.#product, this.gradient);
    kernels.correlateSpectraAdd(this.#dResponse, this.#dry, this.#product, stride);
    kernels.correlateSpectra(this.#product, this.#response, this.#product, stride);
    this.#invert(this.#product);
    kernels.addTo(this.#audio.gradient, this.gradient, this.#length);
    kernels.addTo(this.#audio.gradient, this.#samples, this.#length);
  }

  end(): void {
    this.#invert(this.#dResponse);
    this.#heap.kernels.addTo(this.#ir.gradient, this.#samples + 4, this.#taps);
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
