/** The processors a graph can name. A new one: its file in `processors/`, a line here, a line in train/synth/registry.ts. */

import type { ProcessorType } from './processor';
import { add } from './processors/add';
import { filteredNoise } from './processors/filtered-noise';
import { harmonic } from './processors/harmonic';
import { irReverb } from './processors/ir-reverb';

export const processorTypes: Readonly<Record<string, ProcessorType>> = {
  [harmonic.type]: harmonic,
  [filteredNoise.type]: filteredNoise,
  [add.type]: add,
  [irReverb.type]: irReverb,
};
