/** The processors that can be trained; the training half of engine/synth/registry.ts. */

import { addTraining } from '../../engine/synth/processors/add';
import { decayReverbTraining } from '../../engine/synth/processors/decay-reverb';
import { filteredNoiseTraining } from '../../engine/synth/processors/filtered-noise';
import { harmonicTraining } from '../../engine/synth/processors/harmonic';
import { irReverbTraining } from '../../engine/synth/processors/ir-reverb';
import { irReverbMixTraining } from '../../engine/synth/processors/ir-reverb-mix';
import { sawOscillatorTraining } from '../../engine/synth/processors/saw-oscillator';
import { sineOscillatorTraining } from '../../engine/synth/processors/sine-oscillator';
import type { TrainableType } from '../../engine/synth/trainable';

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
