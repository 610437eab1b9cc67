/**
 * SawOscillator: a falling sawtooth at f0, all harmonics at 2 / (pi k), without aliases. Harmonics fade out
 * between 0.84 of the limit and the limit, each by its own frequency at every sample: glides neither alias
 * nor switch a harmonic on or off. The method is in `sawWave`, the filter in spectral/band-limited-step.ts.
 */

import { bandLimitedStep, STEP_REACH, STEP_RESOLUTION } from '../../dsp/band-limited-step';
import { oscillator, oscillatorTraining, type WaveMaker } from '../oscillator';

const TYPE = 'SawOscillator';

const makeWave: WaveMaker = (heap, limit) => {
  const { kernels } = heap;
  const step = heap.put(heap.computed(bandLimitedStep));
  return (out, phase, weight, fromHz, toHz, n) =>
    kernels.sawWave(out, phase, weight, fromHz, toHz, 2 * limit, step, STEP_RESOLUTION, STEP_REACH, n);
};

export const sawOscillator = oscillator(TYPE, makeWave);
export const sawOscillatorTraining = oscillatorTraining(TYPE, makeWave);
