/** SineOscillator in training. */

import { waveOscillatorTraining } from '../wave-oscillator-training';
import { makeSine } from './play';

export const sineOscillatorTraining = waveOscillatorTraining(makeSine);
