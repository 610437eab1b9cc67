/**
 * The processors that a graph can name. A new one is a folder with its two halves, and its name in the two lists
 * here. The lists are two exports, so that a page that only plays does not bundle the training halves.
 */

import { OptionError } from '../errors';
import { add } from './add/play';
import { addTraining } from './add/train';
import { decayReverb } from './decay-reverb/play';
import { decayReverbTraining } from './decay-reverb/train';
import { filteredNoise } from './filtered-noise/play';
import { filteredNoiseTraining } from './filtered-noise/train';
import { harmonic } from './harmonic/play';
import { harmonicTraining } from './harmonic/train';
import { irReverb } from './ir-reverb/play';
import { irReverbTraining } from './ir-reverb/train';
import { irReverbMix } from './ir-reverb-mix/play';
import { irReverbMixTraining } from './ir-reverb-mix/train';
import { mix } from './mix/play';
import type { ProcessorType } from './processor';
import { sawOscillator } from './saw-oscillator/play';
import { sawOscillatorTraining } from './saw-oscillator/train';
import { sineOscillator } from './sine-oscillator/play';
import { sineOscillatorTraining } from './sine-oscillator/train';
import { tableOscillator } from './table-oscillator/play';
import type { TrainableType } from './trainable';
import { waveShaper } from './wave-shaper/play';

const playable: Record<string, ProcessorType> = {
  Harmonic: harmonic,
  SineOscillator: sineOscillator,
  SawOscillator: sawOscillator,
  FilteredNoise: filteredNoise,
  Add: add,
  IRReverb: irReverb,
  IRReverbMix: irReverbMix,
  DecayReverb: decayReverb,
  // of models that were trained elsewhere: these play, and have no training half
  Mix: mix,
  TableOscillator: tableOscillator,
  WaveShaper: waveShaper,
};

const trainable: Record<string, TrainableType> = {
  Harmonic: harmonicTraining,
  SineOscillator: sineOscillatorTraining,
  SawOscillator: sawOscillatorTraining,
  FilteredNoise: filteredNoiseTraining,
  Add: addTraining,
  IRReverb: irReverbTraining,
  IRReverbMix: irReverbMixTraining,
  DecayReverb: decayReverbTraining,
};

/** training halves that callers registered */
const registered: Record<string, TrainableType> = {};

/** Every processor that can play, by the name of its type. */
export const processorTypes: Readonly<Record<string, ProcessorType>> = playable;

/** The training half of a processor, or undefined if it cannot be trained. */
export function trainableType(type: string): TrainableType | undefined {
  for (const types of [registered, trainable]) if (Object.hasOwn(types, type)) return types[type];
  return undefined;
}

/**
 * Makes a processor known to `readModel`, `renderOffline` and the trainer. Call it before you read a model whose
 * graph names it. It holds in the thread that calls it, for the entry point (`ddsp-worklet` or
 * `ddsp-worklet/train`) that it was imported from. Worklets and training workers are threads of their own.
 * @param type its playing half
 * @param training its training half; without one, graphs with this processor can be played but not trained
 * @throws OptionError if the name is taken
 */
export function registerProcessor(type: ProcessorType, training?: TrainableType): void {
  const name = type.type;
  if (Object.hasOwn(playable, name)) {
    throw new OptionError('type', `a processor named "${name}" exists already`, {
      remedy: 'choose another name',
    });
  }
  playable[name] = type;
  if (training) registered[name] = training;
}
