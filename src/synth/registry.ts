/** The processors a graph can name. A new one: its file in `processors/`, a line here, a line in train/synth/registry.ts. */

import { add } from './add/play';
import { decayReverb } from './decay-reverb/play';
import { filteredNoise } from './filtered-noise/play';
import { harmonic } from './harmonic/play';
import { irReverb } from './ir-reverb/play';
import { irReverbMix } from './ir-reverb-mix/play';
import type { ProcessorType } from './processor';
import { sawOscillator } from './saw-oscillator/play';
import { sineOscillator } from './sine-oscillator/play';

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
