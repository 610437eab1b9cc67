/** Checkpoints for realtimeDDSP come back as they were. */

import { describe, expect, it } from 'vitest';
import { exportCheckpoint } from '../../src/model/export/checkpoint';
import { cosines, melFilters } from '../../src/model/export/mel';
import { importModel } from '../../src/model/import';
import type { ModelConfig } from '../../src/model/model';
import { openTorchFile } from '../../src/model/torch/torch-file';
import { Dict, TensorRef } from '../../src/model/torch/values';
import { hpn } from '../../src/synth/presets';
import { foreignFile, worst } from '../support/foreign';
import { configOf, randomModelOf, smallShape } from '../support/models';

const linear = (config: ModelConfig): ModelConfig => ({
  ...config,
  decoder: { ...config.decoder, inputScale: 'linear' },
});
const small = linear(configOf(smallShape));
const configs: [string, ModelConfig][] = [
  ['hpnir', small],
  ['hpn', { ...small, synth: hpn({ harmonics: 3, bands: 5 }) }],
  ['sine', { ...small, synth: { processors: [{ name: 'sine', type: 'SineOscillator' }] } }],
];

describe.each(configs)('a checkpoint of %s', (_name, config) => {
  const model = randomModelOf(config, 3);

  it('comes back bit for bit', async () => {
    const back = await importModel(exportCheckpoint(model));
    expect(back).toEqual(model);
    expect(Object.keys(back.tensors)).toEqual(Object.keys(model.tensors));
    for (const [name, values] of Object.entries(model.tensors)) {
      expect(new Uint32Array(back.tensors[name].slice().buffer)).toEqual(
        new Uint32Array(values.slice().buffer),
      );
    }
  });

  it('is the same file every time', () => {
    expect(Buffer.compare(exportCheckpoint(model), exportCheckpoint(model))).toBe(0);
  });
});

describe('what realtimeDDSP cannot represent is refused', () => {
  it.each([
    [configOf(smallShape), /decoder\.inputScale: realtimeDDSP knows only linear/],
    [
      { ...small, synth: { processors: [{ name: 'saw', type: 'SawOscillator' }] } },
      /synth\.saw: realtimeDDSP has no processor that sounds like SawOscillator/,
    ],
  ] as [ModelConfig, RegExp][])('%#', (config, message) => {
    expect(() => exportCheckpoint(randomModelOf(config, 1))).toThrow(message);
  });
});

it('constants of the metrics are those of realtimeDDSP', () => {
  const file = openTorchFile(foreignFile('realtime-ddsp/pl164-hpnir-h32.ckpt'));
  const state = file.root instanceof Dict ? file.root.entries.get('state_dict') : undefined;
  const read = (name: string) => {
    const tensor = state instanceof Dict ? state.entries.get(name) : undefined;
    if (!(tensor instanceof TensorRef)) throw new Error(`no ${name}`);
    return file.values(name, tensor);
  };
  expect(worst(cosines().values, read('mfcc.dct_mat'))).toBeLessThan(1e-6);
  expect(worst(melFilters(16_000).values, read('mfcc.melspec.mel_scale.fb'))).toBeLessThan(1e-4);
});
