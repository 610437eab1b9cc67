/** The processors that can be trained; the training half of engine/synth/registry.ts. */

import { addTraining } from '../../../synth/add/play';
import { decayReverbTraining } from '../../../synth/decay-reverb/play';
import { filteredNoiseTraining } from '../../../synth/filtered-noise/play';
import { harmonicTraining } from '../../../synth/harmonic/play';
import { irReverbTraining } from '../../../synth/ir-reverb/play';
import { irReverbMixTraining } from '../../../synth/ir-reverb-mix/play';
import { sawOscillatorTraining } from '../../../synth/saw-oscillator/play';
import { sineOscillatorTraining } from '../../../synth/sine-oscillator/play';
import type { TrainableType } from '../../../synth/trainable';

export const trainableTypes: Readonly<Record<string, TrainableType>> = {
  [harmonicTraining.type]: harmonicTraining,
  [sineOscillatorTraining.type]: sineOscillatorTraining,
  [sawOscillatorTraining.type]: sawOscillatorTraining,
  [filteredNoiseTraining.type]: filteredNoiseTraining,
  [addTraining.type]: addTraining,
  [irReverbTraining.type]: irReverbTraining,
  [irReverbMixTraining.type]: irReverbMixTraining,
  [decayReverbTraining.type]: decayReverbTraining,
};
