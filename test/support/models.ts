/** Random models and test signals. */

import type { Model, ModelConfig } from '../../src/model/model';
import { planSynth, synthTensors } from '../../src/synth/graph';
import { hpn, hpnir } from '../../src/synth/presets';
import { initialParameters, parameterLayout, toTensors } from '../../src/train/learn/parameters';
import { randomiser } from './kernels';

export interface ModelShape {
  readonly sampleRate: number;
  readonly frameRate: number;
  readonly window: number;
  readonly hidden: number;
  readonly harmonics: number;
  readonly bands: number;
  /** null: no reverb */
  readonly irLength: number | null;
}

export const smallShape: ModelShape = {
  sampleRate: 48000,
  frameRate: 100,
  window: 1024,
  hidden: 16,
  harmonics: 20,
  bands: 17,
  irLength: 1200,
};

export function configOf(shape: ModelShape): ModelConfig {
  const { harmonics, bands, irLength } = shape;
  return {
    sampleRate: shape.sampleRate,
    frameRate: shape.frameRate,
    analysis: {
      window: shape.window,
      pitchMin: (4 * shape.sampleRate) / shape.window,
      pitchMax: 2000,
      threshold: 0.1,
    },
    decoder: { hidden: shape.hidden, inputScale: 'log' },
    synth: irLength === null ? hpn({ harmonics, bands }) : hpnir({ harmonics, bands, irLength }),
  };
}

/** A model with random weights, loud enough in every part that an error in any of them would show. */
export function randomModel(seed: number, shape: ModelShape = smallShape): Model {
  return randomModelOf(configOf(shape), seed);
}

export function randomModelOf(config: ModelConfig, seed: number): Model {
  const random = randomiser(seed);
  const tensors = toTensors(parameterLayout(config), initialParameters(config, random));
  for (const [name, size] of synthTensors(planSynth(config.synth), config.sampleRate)) {
    tensors[name] = Float32Array.from(
      { length: size },
      (_, i) => ((random() - 0.5) * Math.exp((-5 * i) / size)) / Math.sqrt(size),
    );
  }
  return {
    ...config,
    statistics: { f0: [196, 440, 1200], loudness: [-40, -20, -5] },
    about: { name: `random ${seed}` },
    tensors,
  };
}

/** Something like singing: a gliding tone with ten harmonics and vibrato, breath, and a pause. */
export function phrase(seconds: number, sampleRate: number, seed = 1): Float32Array<ArrayBuffer> {
  const random = randomiser(seed);
  const from = 110 * 2 ** (2 * random());
  const to = 110 * 2 ** (2 * random());
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  let phase = 0;
  for (let n = 0; n < samples.length; n++) {
    const share = n / samples.length;
    const vibrato = 1 + 0.01 * Math.sin((2 * Math.PI * 5.5 * n) / sampleRate);
    phase += (from * (to / from) ** share * vibrato) / sampleRate;
    const level = share > 0.6 && share < 0.75 ? 0 : Math.min(1, 20 * share);
    let value = 0.01 * (2 * random() - 1);
    for (let k = 1; k <= 10; k++) value += (0.3 / k) * Math.sin(2 * Math.PI * ((k * phase) % 1));
    samples[n] = level * value;
  }
  return samples;
}
