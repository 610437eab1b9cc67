/** What tests of training in pages share. */

import { defaultConfig, type TrainConfig } from '../../src/train/config';

/** Learns the sound of `phrase` in seconds. */
export const smallConfig: TrainConfig = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    sampleRate: 16000,
    frameRate: 50,
    analysis: { ...defaultConfig.model.analysis, window: 640, pitchMin: 80, pitchMax: 1000 },
    decoder: { ...defaultConfig.model.decoder, hidden: 12 },
  },
  data: { ...defaultConfig.data, pitchMin: 80, pitchMax: 1000 },
  synth: { preset: 'hpnir', harmonics: 12, bands: 9, irSeconds: 0.05 },
  optimizer: { ...defaultConfig.optimizer, learningRate: 5e-3 },
  trainer: { ...defaultConfig.trainer, steps: 6, batchSize: 4, validateEvery: 3, checkpointEvery: 3 },
};
