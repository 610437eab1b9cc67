/** SineOscillator: one sine at f0. */

import { oscillator, oscillatorTraining, type WaveMaker } from '../oscillator';

const TYPE = 'SineOscillator';

const makeWave: WaveMaker =
  ({ kernels }) =>
  (out, phase, _weight, _fromHz, _toHz, n) =>
    kernels.sineWave(out, phase, n);

export const sineOscillator = oscillator(TYPE, makeWave);
export const sineOscillatorTraining = oscillatorTraining(TYPE, makeWave);
