/**
 * SawOscillator: a falling sawtooth at f0, all harmonics at 2 / (pi k), without aliases. Harmonics fade out
 * between 0.84 of the limit and the limit, each by its own frequency at every sample, so that a glide neither
 * aliases nor switches a harmonic on or off. The kernel `sawWave` holds the method, dsp/band-limited-step.ts
 * the filter.
 */

import { bandLimitedStep, STEP_REACH, STEP_RESOLUTION } from '../../dsp/band-limited-step';
import { type WaveMaker, waveOscillator } from '../wave-oscillator';

export const makeSaw: WaveMaker = (heap, limit) => {
  const { kernels } = heap;
  const step = heap.constant('band-limited-step', bandLimitedStep);
  return (out, phase, weight, fromHz, toHz, n) =>
    kernels.sawWave(out, phase, weight, fromHz, toHz, 2 * limit, step, STEP_RESOLUTION, STEP_REACH, n);
};

export const sawOscillator = waveOscillator('SawOscillator', makeSaw);
