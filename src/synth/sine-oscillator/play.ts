/** SineOscillator: one sine at f0. */

import { type WaveMaker, waveOscillator } from '../wave-oscillator';

export const makeSine: WaveMaker =
  ({ kernels }) =>
  (out, phase, _weight, _fromHz, _toHz, n) =>
    kernels.sineWave(out, phase, n);

export const sineOscillator = waveOscillator('SineOscillator', makeSine);
