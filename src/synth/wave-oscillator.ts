/**
 * Oscillators with one control, their amplitude: y(n) = a(n) wave(phase(n), f0(n)). They differ in the wave.
 * The amplitude is 0 in frames whose f0 is at or above the limit.
 */

import { floats, tabulated } from '../dsp/cost';
import type { Heap, Pointer } from '../dsp/heap';
import { OscillatorStream } from './oscillator';
import type { ProcessorType, StreamContext } from './processor';

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

/** values that a wave may keep as a table, with room to spare */
const WAVE_TABLE = 16_384;

export function waveOscillator(type: string, makeWave: WaveMaker): ProcessorType {
  return {
    type,
    audio: [],
    knob: 'harmonics',
    options: {},
    controls: () => [{ name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 }],
    tensors: () => ({}),
    lookahead: () => 0,
    tail: () => 0,
    cost: (_options, { sampleRate, hop }) => ({
      setUp: 1e-3,
      memory: floats(6 * hop) + tabulated(WAVE_TABLE),
      playing: 10e-9 * sampleRate,
    }),
    stream: (context) => new WaveOscillatorStream(context, makeWave),
  };
}

/** exp_sigmoid, and silence where the fundamental itself is too high. */
export function scaleAmplitude(
  kernels: Heap['kernels'],
  to: Pointer,
  u: Pointer,
  hz: number,
  limit: number,
): void {
  if (hz < limit) kernels.expSigmoid(to, u, 1, 1);
  else kernels.silence(to, 1);
}

class WaveOscillatorStream extends OscillatorStream {
  readonly #writeWave: Wave;
  readonly #amplitude: Pointer;

  constructor(context: StreamContext, makeWave: WaveMaker) {
    super(context, 1);
    this.#writeWave = makeWave(context.heap, this.limit);
    this.#amplitude = context.heap.alloc(this.hop);
  }

  protected override scale(to: Pointer, u: Pointer, hz: number): void {
    scaleAmplitude(this.kernels, to, u, hz, this.limit);
  }

  protected override write(out: Pointer, skip: number, n: number): void {
    const weight = this.weight + skip * 4;
    this.#writeWave(out, this.phase, weight, this.fromHz, this.toHz, n);
    this.kernels.glide(this.#amplitude, weight, this.from, this.to, n);
    this.kernels.multiply(out, out, this.#amplitude, n);
  }
}
