import { describe, expect, it } from 'vitest';
import { defaultConfig, modelConfig, type TrainConfig } from '../../../src/train/config';
import { CheckpointError, checkpointModel, writeCheckpoint } from '../../../src/train/learn/checkpoint';
import { parameterLayout } from '../../../src/train/learn/parameters';
import { NO_PROGRESS } from '../../../src/train/learn/training-progress';
import { randomiser } from '../../support/kernels';

const config: TrainConfig = {
  ...defaultConfig,
  model: { ...defaultConfig.model, decoder: { ...defaultConfig.model.decoder, hidden: 4 } },
  synth: { preset: 'hpn', harmonics: 8, bands: 9 },
};
const layout = parameterLayout(modelConfig(config));
const values = (seed: number) => Float32Array.from({ length: layout.size }, randomiser(seed));

function write(): Uint8Array<ArrayBuffer> {
  const statistics = { f0: [200, 300, 400], loudness: [-30, -20, -10] } as const;
  const data = { fingerprint: 'f', statistics };
  return writeCheckpoint(
    {
      step: 7,
      parameters: values(1),
      firstMoments: values(2),
      secondMoments: values(3),
      progress: NO_PROGRESS,
      data,
    },
    layout,
    config,
  );
}

describe('a checkpoint', () => {
  it('is read as it was written', () => {
    expect(Object.values(checkpointModel(write()).tensors)[0]).toEqual(
      values(1).subarray(0, layout.slots[0].size),
    );
  });

  it('is refused when a single bit of it has changed, wherever', () => {
    const file = write();
    const random = randomiser(4);
    for (let i = 0; i < 300; i++) {
      // the header is 1% of a file, but what is in it decides about the rest
      const at = Math.floor(random() * (i % 2 === 0 ? 2000 : file.length));
      const damaged = file.slice();
      damaged[at] ^= 1 << Math.floor(random() * 8);
      expect(() => checkpointModel(damaged), `byte ${at}`).toThrow(CheckpointError);
    }
  });

  it('says that it is damaged, not what that leads to', () => {
    const damaged = write();
    for (const at of [9, 5, 1]) damaged[damaged.length - at] ^= 0x55;
    expect(() => checkpointModel(damaged)).toThrow(
      /damaged: its content does not match its checksum; use an/,
    );
  });
});
