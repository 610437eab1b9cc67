/** Seeded noise of a root mean square of 1. */

import { uniform } from '../../../src/train/learn/random';

/** Uniform and white. */
export function whiteNoise(length: number, seed: number): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length }, () => Math.sqrt(3) * (2 * random() - 1));
}

/** Corner frequencies, Hz, of one-pole low-passes whose sum falls by about 3 dB an octave. */
const CORNERS = [10, 40, 160, 640, 2560, 10240];

/** Falls by about 3 dB an octave. */
export function pinkNoise(length: number, seed: number, sampleRate = 48000): Float32Array {
  const poles = CORNERS.map((hz) => Math.exp((-2 * Math.PI * hz) / sampleRate));
  const state = new Float64Array(poles.length);
  const noise = whiteNoise(length, seed).map((white) => {
    let sum = 0;
    for (let i = 0; i < poles.length; i++) {
      state[i] = poles[i] * state[i] + (1 - poles[i]) * white;
      sum += state[i] / Math.sqrt(CORNERS[i]);
    }
    return sum;
  });
  const level = rms(noise);
  return noise.map((v) => v / level);
}

export function rms(audio: Float32Array): number {
  return Math.sqrt(audio.reduce((sum, v) => sum + v * v, 0) / audio.length);
}
