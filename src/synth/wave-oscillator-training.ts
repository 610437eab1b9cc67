/** Oscillators with one control, in training. */

import type { Pointer } from '../dsp/heap';
import { OscillatorTraining } from './oscillator-training';
import type { TrainableType, TrainContext } from './trainable';
import { scaleAmplitude, type Wave, type WaveMaker } from './wave-oscillator';

export function waveOscillatorTraining(makeWave: WaveMaker): TrainableType {
  return { create: (context) => new WaveOscillatorTraining(context, makeWave) };
}

/** Kept between forward and backward: the wave (T * H). */
class WaveOscillatorTraining extends OscillatorTraining {
  readonly #writeWave: Wave;
  readonly #amplitudes: Pointer;
  readonly #dAmplitudes: Pointer;
  readonly #wave: Pointer;
  readonly #dAmplitude: Pointer;
  readonly #phase: Pointer;

  constructor(context: TrainContext, makeWave: WaveMaker) {
    super(context);
    const { heap, hop, frames } = context;
    this.#writeWave = makeWave(heap, this.limit);
    this.#amplitudes = heap.alloc(frames);
    this.#dAmplitudes = heap.alloc(frames);
    this.#wave = heap.alloc(frames * hop);
    this.#dAmplitude = heap.alloc(frames * hop);
    this.#phase = heap.alloc(hop + 16);
  }

  override forward(u: Pointer, f0: Pointer): void {
    const { heap, hop, frames, stride } = this.context;
    const { kernels } = heap;
    const hz = this.hz(f0);
    for (let i = 0; i < frames; i++) {
      scaleAmplitude(kernels, this.#amplitudes + i * 4, u + i * stride * 4, hz[i], this.limit);
    }
    this.resetPhase();
    for (const segment of this.segments) {
      const { from, to, skip, n, start } = segment;
      const weight = this.weight + skip * 4;
      this.movePhase(this.#phase, segment, hz);
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

  override backward(u: Pointer, f0: Pointer, du: Pointer): void {
    const { heap, hop, frames, stride } = this.context;
    const { kernels } = heap;
    const hz = this.hz(f0);
    kernels.multiply(this.#dAmplitude, this.gradient, this.#wave, frames * hop);
    kernels.silence(this.#dAmplitudes, frames);
    for (const { from, to, skip, n, start } of this.segments) {
      kernels.glideBackward(
        this.#dAmplitudes + from * 4,
        this.#dAmplitudes + to * 4,
        this.#dAmplitude + start * 4,
        this.weight + skip * 4,
        n,
      );
    }
    for (let i = 0; i < frames; i++) {
      const at = i * stride * 4;
      if (hz[i] < this.limit) kernels.expSigmoidBackward(du + at, this.#dAmplitudes + i * 4, u + at, 1, 1);
    }
  }
}
