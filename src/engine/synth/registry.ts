/** The processors a graph can name. A new one: its file in `processors/`, a line here, a line in train/synth/registry.ts. */

import type { ProcessorType } from './processor';
import { add } from './processors/add';
import { decayReverb } from './processors/decay-reverb';
import { filteredNoise } from './processors/filtered-noise';
import { harmonic } from './processors/harmonic';
import { irReverb } from './processors/ir-reverb';
import { irReverbMix } from './processors/ir-reverb-mix';
import { sawOscillator } from './processors/saw-oscillator';
import { sineOscillator } from './processors/sine-oscillator';

export const processorTypes: Readonly<Record<string, ProcessorType>> = {
  [harmonic.type]: harmonic,
  [sineOscillator.type]: sineOscillator,
  [sawOscillator.type]: sawOscillator,
  [filteredNoise.type]: filteredNoise,
  [add.type]: add,
  [irReverb.type]: irReverb,
  [irReverbMix.type]: irReverbMix,
  [decayReverb.type]: decayReverb,
};
