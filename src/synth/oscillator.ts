/**
 * Oscillators with one control, their amplitude: y(n) = a(n) wave(phase(n), f0(n)). They differ in the wave.
 *
 * Phase is the running sum of f0, as the harmonics' is. Amplitude moves linearly between frame centres, and
 * is 0 in frames whose f0 is at or above the limit: the lower of the two Nyquist frequencies, the context's
 * and the model's.
 */

import type { Heap, Pointer } from '../dsp/heap';
import type { ProcessorStream, ProcessorType, StreamContext } from './processor';
import { heldHz, type Segment, segmentOffset, segmentsOf, segmentWeights } from './segments';
import type { TrainableProcessor, TrainableType, TrainContext } from './trainable';

/**
 * Writes n samples of amplitude 1.
 * @param phase u32, 2^32 a cycle; n rounded up to 16
 * @param weight the later frame's share of the pitch at each sample
 */
export type Wave = (
  out: Pointer,
  phase: Pointer,
  weight: Pointer,
  fromHz: number,
  toHz: number,
  n: number,
) => void;

/** Set-up of a wave that has no partials at or above `limit`, Hz. */
export type WaveMaker = (heap: Heap, limit: number) => Wave;

export function oscillator(type: string, makeWave: WaveMaker): ProcessorType {
  return {
    type,
    audio: [],
    knob: 'harmonics',
    options: {},
    controls: () => [{ name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 }],
    tensors: () => ({}),
    lookahead: () => 0,
    tail: () => 0,
    stream: (context) => new OscillatorStream(context, makeWave),
  };
}

export function oscillatorTraining(type: string, makeWave: WaveMaker): TrainableType {
  return {
    type,
    initial(name) {
      throw new Error(`${type} has no learned tensor ${name}`);
    },
    create: (context) => new OscillatorTraining(context, makeWave),
  };
}

/** exp_sigmoid, and silence where the fundamental itself is too high. */
function scaleAmplitude(kernels: Heap['kernels'], to: Pointer, u: Pointer, hz: number, limit: number): void {
  if (hz < limit) kernels.expSigmoid(to, u, 1, 1);
  else kernels.silence(to, 1);
}

class OscillatorStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  readonly #kernels: Heap['kernels'];
  readonly #writeWave: Wave;
  readonly #hop: number;
  readonly #lookahead: number;
  readonly #sampleRate: number;
  readonly #limit: number;
  /** amplitudes of two frames, in turn */
  readonly #even: Pointer;
  readonly #odd: Pointer;
  #from: Pointer;
  #to: Pointer;
  #fromHz = 1;
  #toHz = 1;
  #gain = 1;
  readonly #phase: Pointer;
  readonly #state: Pointer;
  readonly #weight: Pointer;
  readonly #amplitude: Pointer;
  /** where a segment is rendered: `lookahead` samples behind `output` */
  readonly #segment: Pointer;

  constructor({ heap, hop, lookahead, sampleRate, modelRate }: StreamContext, makeWave: WaveMaker) {
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#lookahead = lookahead;
    this.#sampleRate = sampleRate;
    this.#limit = Math.min(sampleRate, modelRate) / 2;
    this.#writeWave = makeWave(heap, this.#limit);
    this.#even = heap.alloc(1);
    this.#odd = heap.alloc(1);
    this.#from = this.#even;
    this.#to = this.#even;
    this.#phase = heap.alloc(hop + 16);
    this.#state = heap.alloc(2);
    this.#weight = heap.put(segmentWeights(hop));
    this.#amplitude = heap.alloc(hop);
    this.output = heap.alloc(lookahead + hop);
    this.#segment = this.output + lookahead * 4;
  }

  control(u: Pointer, f0: number, first: boolean): void {
    const next = this.#to === this.#even ? this.#odd : this.#even;
    const hz = heldHz(f0, this.#limit);
    scaleAmplitude(this.#kernels, next, u, hz, this.#limit);
    this.#from = first ? next : this.#to;
    this.#fromHz = first ? hz : this.#toHz;
    this.#to = next;
    this.#toHz = hz;
    if (first) this.#gain = this.knob;
  }

  render(skip: number): void {
    const kernels = this.#kernels;
    const hop = this.#hop;
    const n = hop - skip;
    const out = this.#segment + skip * 4;
    const weight = this.#weight + skip * 4;
    if (this.#gain === 0 && this.knob === 0 && this.#lookahead === 0) {
      this.#pass(skip);
      return;
    }
    kernels.move(this.output, this.output + hop * 4, this.#lookahead);
    kernels.silence(this.#segment, skip);
    this.#movePhase(skip);
    this.#writeWave(out, this.#phase, weight, this.#fromHz, this.#toHz, n);
    kernels.glide(this.#amplitude, weight, this.#from, this.#to, n);
    kernels.multiply(out, out, this.#amplitude, n);
    kernels.rampGain(this.output, this.#gain, this.knob, hop);
    this.#gain = this.knob;
  }

  rest(): void {
    if (this.#lookahead === 0) {
      this.#pass(0);
      return;
    }
    // the end of this segment is heard with the next one
    this.render(0);
    this.#kernels.silence(this.output, this.#hop);
  }

  #pass(skip: number): void {
    this.#kernels.silence(this.output, this.#hop);
    this.#movePhase(skip);
    this.#gain = this.knob;
  }

  #movePhase(skip: number): void {
    const hop = this.#hop;
    this.#kernels.harmonicPhase(
      this.#phase,
      this.#state,
      this.#fromHz,
      this.#toHz,
      skip + segmentOffset(hop),
      hop,
      this.#sampleRate,
      hop - skip,
    );
  }

  reset(): void {
    this.#kernels.silence(this.#state, 2);
    this.#kernels.silence(this.output, this.#lookahead + this.#hop);
    this.#gain = this.knob;
  }
}

/** Forward and backward over T frames. Kept between the two: the wave (T * H). f0 has no gradient. */
class OscillatorTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #context: TrainContext;
  readonly #segments: readonly Segment[];
  readonly #limit: number;
  readonly #writeWave: Wave;
  readonly #amplitudes: Pointer;
  readonly #dAmplitudes: Pointer;
  readonly #wave: Pointer;
  readonly #dAmplitude: Pointer;
  readonly #phase: Pointer;
  readonly #state: Pointer;
  readonly #weight: Pointer;

  constructor(context: TrainContext, makeWave: WaveMaker) {
    const { heap, hop, frames, sampleRate } = context;
    this.#context = context;
    this.#segments = segmentsOf(frames, hop);
    this.#limit = sampleRate / 2;
    this.#writeWave = makeWave(heap, this.#limit);
    this.signal = heap.alloc(frames * hop);
    this.gradient = heap.alloc(frames * hop);
    this.#amplitudes = heap.alloc(frames);
    this.#dAmplitudes = heap.alloc(frames);
    this.#wave = heap.alloc(frames * hop);
    this.#dAmplitude = heap.alloc(frames * hop);
    this.#phase = heap.alloc(hop + 16);
    this.#state = heap.alloc(2);
    this.#weight = heap.put(segmentWeights(hop));
  }

  begin(): void {}
  end(): void {}

  forward(u: Pointer, f0: Pointer): void {
    const { heap, hop, frames, sampleRate, stride } = this.#context;
    const { kernels } = heap;
    const hz = this.#hz(f0);
    for (let i = 0; i < frames; i++) {
      scaleAmplitude(kernels, this.#amplitudes + i * 4, u + i * stride * 4, hz[i], this.#limit);
    }
    kernels.silence(this.#state, 2);
    for (const { from, to, skip, n, start } of this.#segments) {
      const weight = this.#weight + skip * 4;
      const first = skip + segmentOffset(hop);
      kernels.harmonicPhase(this.#phase, this.#state, hz[from], hz[to], first, hop, sampleRate, n);
      this.#writeWave(this.#wave + start * 4, this.#phase, weight, hz[from], hz[to], n);
      kernels.glide(
        this.signal + start * 4,
        weight,
        this.#amplitudes + from * 4,
        this.#amplitudes + to * 4,
        n,
      );
    }
    kernels.multiply(this.signal, this.signal, this.#wave, frames * hop);
  }

  backward(u: Pointer, f0: Pointer, du: Pointer): void {
    const { heap, hop, frames, stride } = this.#context;
    const { kernels } = heap;
    const hz = this.#hz(f0);
    kernels.multiply(this.#dAmplitude, this.gradient, this.#wave, frames * hop);
    kernels.silence(this.#dAmplitudes, frames);
    for (const { from, to, skip, n, start } of this.#segments) {
      kernels.glideBackward(
        this.#dAmplitudes + from * 4,
        this.#dAmplitudes + to * 4,
        this.#dAmplitude + start * 4,
        this.#weight + skip * 4,
        n,
      );
    }
    for (let i = 0; i < frames; i++) {
      const at = i * stride * 4;
      if (hz[i] < this.#limit) kernels.expSigmoidBackward(du + at, this.#dAmplitudes + i * 4, u + at, 1, 1);
    }
  }

  #hz(f0: Pointer): Float32Array {
    return this.#context.heap.view(f0, this.#context.frames).map((hz) => heldHz(hz, this.#limit));
  }
}
