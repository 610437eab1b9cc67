/** SawOscillator in training. */

import { waveOscillatorTraining } from '../wave-oscillator-training';
import { makeSaw } from './play';

export const sawOscillatorTraining = waveOscillatorTraining(makeSaw);
