/** What is compared: one change at a time from one recipe, and the recipe of the reference. */

import {
  type ConfigChanges,
  defaultConfig,
  resolveConfig,
  type TrainConfig,
} from '../../../src/train/config';
import { referenceLoss } from '../../support/reference-loss';

/** The instruments' ranges, Hz: what lies outside is an octave error of the tracker. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  violin: [180, 3000],
  sax: [130, 1000],
  cello: [60, 1100],
  flute: [230, 2400],
  clarinet: [130, 1900],
  oboe: [220, 1700],
  bassoon: [55, 750],
  'french-horn': [60, 800],
  trombone: [70, 700],
  tuba: [45, 450],
};

/** What one thing at a time is changed of: the defaults, with half their learning rate and the reference's loss. */
const base: ConfigChanges = { optimizer: { learningRate: 1e-3 }, loss: referenceLoss };

/** realtimeDDSP's: its sizes, Adam at 1e-4 throughout, no quiet examples. */
const reference: ConfigChanges = {
  data: { quietShare: 0 },
  model: {
    frameRate: 50,
    analysis: { window: 2048, pitchMin: 50, threshold: 0.1 },
    decoder: { hidden: 512, inputScale: 'linear' },
  },
  synth: { preset: 'hpnir', harmonics: 256, bands: 257, irSeconds: 1 },
  optimizer: { learningRate: 1e-4, schedule: { kind: 'constant' }, clipNorm: 1e9 },
};

const hidden = (size: number): ConfigChanges => ({ model: { decoder: { hidden: size } } });
const rate = (learningRate: number): ConfigChanges => ({ optimizer: { learningRate } });
const frames = (frameRate: number, window: number): ConfigChanges => ({
  model: { frameRate, analysis: { window } },
});

const variants: Readonly<Record<string, ConfigChanges>> = {
  base: {},
  default: { ...rate(defaultConfig.optimizer.learningRate), loss: defaultConfig.loss },
  'log alone': {
    ...rate(defaultConfig.optimizer.learningRate),
    loss: { terms: [{ kind: 'log', weight: 1 }] },
  },
  'hidden 32': hidden(32),
  'hidden 128': hidden(128),
  'hidden 256': hidden(256),
  'hidden 512': hidden(512),
  '50 Hz window 2048': frames(50, 2048),
  '100 Hz window 2048': frames(100, 2048),
  '200 Hz window 1920': frames(200, 1920),
  'linear f0': { model: { decoder: { inputScale: 'linear' } } },
  'rate 2e-3': rate(2e-3),
  'rate 4e-3': rate(4e-3),
  'rate 8e-3': rate(8e-3),
  'constant rate': { optimizer: { schedule: { kind: 'constant' } } },
  'no quiet examples': { data: { quietShare: 0 } },
  reference,
};

export const variantNames = Object.keys(variants);

/** @throws RangeError for a name that is not in the list */
export function variant(name: string, instrument: string, seed: number): TrainConfig {
  const changes = variants[name];
  if (!changes) throw new RangeError(`no variant "${name}"; there are: ${variantNames.join(', ')}`);
  const [pitchMin, pitchMax] = ranges[instrument] ?? [65, 2000];
  const wide = resolveConfig(base, changes);
  return resolveConfig(base, changes, {
    data: { pitchMin, pitchMax },
    model: { analysis: { pitchMin: Math.min(pitchMin, wide.model.analysis.pitchMin), pitchMax: 3000 } },
    trainer: { seed, patience: 0 },
  });
}
