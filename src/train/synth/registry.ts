/** The processors that can be trained; the training half of engine/synth/registry.ts. */

import { addTraining } from '../../engine/synth/processors/add';
import { filteredNoiseTraining } from '../../engine/synth/processors/filtered-noise';
import { harmonicTraining } from '../../engine/synth/processors/harmonic';
import { irReverbTraining } from '../../engine/synth/processors/ir-reverb';
import type { TrainableType } from '../../engine/synth/trainable';

export const trainableTypes: Readonly<Record<string, TrainableType>> = {
  [harmonicTraining.type]: harmonicTraining,
  [filteredNoiseTraining.type]: filteredNoiseTraining,
  [addTraining.type]: addTraining,
  [irReverbTraining.type]: irReverbTraining,
};
