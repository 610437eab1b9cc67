/** What is measured: the reference's configuration and this project's default. */

import type { Model, ModelConfig } from '../../src/model/model';
import { planSynth, synthTensors } from '../../src/synth/graph';
import { defaultConfig, modelConfig, type TrainConfig } from '../../src/train/config';
import { initialParameters, parameterLayout, toTensors } from '../../src/train/learn/parameters';
import { uniform } from '../../src/train/learn/random';
import { referenceLoss } from '../support/reference-loss';

/** realtimeDDSP's: hidden 512, 256 harmonics, 257 noise bands, 1 s impulse response, 50 Hz, 48 kHz. */
const referenceConfig: TrainConfig = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    frameRate: 50,
    analysis: { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.1, dip: 'first' },
    decoder: { hidden: 512, inputScale: 'linear' },
  },
  synth: { preset: 'hpnir', harmonics: 256, bands: 257, irSeconds: 1 },
  loss: referenceLoss,
};

export const configurations = { referenceConfig, defaultConfig: defaultConfig as TrainConfig };

/** A model with random weights: the cost does not depend on what was learned. */
export function randomModel(config: ModelConfig): Model {
  const random = uniform(1);
  const tensors = toTensors(parameterLayout(config), initialParameters(config, random));
  for (const [name, size] of synthTensors(planSynth(config.synth), config.sampleRate)) {
    tensors[name] = Float32Array.from({ length: size }, () => (random() - 0.5) / Math.sqrt(size));
  }
  return {
    ...config,
    // so wide that nothing that is played is moved to another octave
    statistics: { f0: [55, 200, 1200], loudness: [-40, -20, -5] },
    about: { name: 'bench' },
    tensors,
  };
}

export function benchModel(config: TrainConfig): Model {
  return randomModel(modelConfig(config));
}

/** A sung-like glide from `from` to `to` Hz with ten harmonics. */
export function glide(
  seconds: number,
  sampleRate: number,
  from: number,
  to: number,
): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  let phase = 0;
  for (let n = 0; n < samples.length; n++) {
    phase = (phase + (from * (to / from) ** (n / samples.length)) / sampleRate) % 1;
    for (let k = 1; k <= 10; k++) samples[n] += (0.3 / k) * Math.sin(2 * Math.PI * k * phase);
  }
  return samples;
}
