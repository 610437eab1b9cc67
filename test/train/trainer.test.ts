import { afterEach, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../src/model/file';
import { writeWav } from '../../src/train/audio/wav';
import { CheckpointError } from '../../src/train/checkpoint';
import { datasetOptions, defaultConfig, modelConfig, type TrainConfig } from '../../src/train/config';
import { Dataset } from '../../src/train/dataset/dataset';
import { TrainingError } from '../../src/train/errors';
import { Adam } from '../../src/train/optimizer';
import { trainModule } from '../../src/train/train-module';
import { type TrainEvent, Trainer } from '../../src/train/trainer';
import { phrase } from '../support/models';

const config: TrainConfig = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    sampleRate: 16000,
    frameRate: 50,
    analysis: { window: 640, pitchMin: 80, pitchMax: 1000, threshold: 0.1 },
    decoder: { hidden: 12, inputScale: 'log' },
  },
  synth: { preset: 'hpnir', harmonics: 12, bands: 9, irSeconds: 0.05 },
  data: { ...defaultConfig.data, pitchMin: 80, pitchMax: 1000, validationFraction: 0.2 },
  loss: { sizes: [64, 256, 1024] },
  optimizer: { ...defaultConfig.optimizer, learningRate: 5e-3 },
  trainer: { steps: 8, batchSize: 4, seed: 7, validateEvery: 4, checkpointEvery: 3 },
};

const dataset = await Dataset.fromFiles(
  [1, 2].map((seed) => ({
    name: `phrase ${seed}.wav`,
    bytes: async () => writeWav(phrase(6, 16000, seed), 16000),
  })),
  datasetOptions(config),
);

const open: Trainer[] = [];
async function create(options: Partial<Parameters<typeof Trainer.create>[0]> = {}): Promise<Trainer> {
  const trainer = await Trainer.create({ dataset, config, workers: 2, ...options });
  open.push(trainer);
  return trainer;
}

async function collect(trainer: Trainer, signal?: AbortSignal): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of trainer.run({ signal })) events.push(event);
  return events;
}

const ofType = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

afterEach(async () => {
  await Promise.all(open.splice(0).map((trainer) => trainer.close()));
});

describe('Trainer', () => {
  it('learns: the loss on held-out slices falls', async () => {
    const trainer = await create({
      config: { ...config, trainer: { ...config.trainer, steps: 60, validateEvery: 60 } },
    });
    expect(trainer.validationSlices.length).toBeGreaterThan(0);
    const [start, end] = ofType(await collect(trainer), 'validation');
    expect(end.loss).toBeLessThan(0.5 * start.loss);
    expect(end.logSpectralDistance).toBeLessThan(start.logSpectralDistance);
  });

  it('goes from validation to checkpoint, with every step between', async () => {
    const events = await collect(await create());
    expect(events.map((event) => `${event.type} ${event.step}`)).toEqual([
      'validation 0',
      'step 1',
      'step 2',
      'step 3',
      'checkpoint 3',
      'step 4',
      'validation 4',
      'step 5',
      'step 6',
      'checkpoint 6',
      'step 7',
      'step 8',
      'validation 8',
      'checkpoint 8',
    ]);
  });

  it('repeats itself with the same seed, and does not with another', async () => {
    const losses = async (seed: number) =>
      ofType(
        await collect(await create({ config: { ...config, trainer: { ...config.trainer, seed } } })),
        'step',
      ).map(({ loss }) => loss);
    const first = await losses(7);
    expect(await losses(7)).toEqual(first);
    expect(await losses(8)).not.toEqual(first);
  });

  it('resumes from a checkpoint bit for bit', async () => {
    const whole = await collect(await create());
    const [half, , end] = ofType(whole, 'checkpoint');
    const resumed = await create({ checkpoint: half.bytes });
    expect(resumed.step).toBe(3);
    const events = await collect(resumed);
    expect(ofType(events, 'step').map(({ loss }) => loss)).toEqual(
      ofType(whole, 'step')
        .slice(3)
        .map(({ loss }) => loss),
    );
    expect(ofType(events, 'checkpoint').at(-1)?.bytes).toEqual(end.bytes);
  });

  it('stops after the step in hand when aborted, and yields a checkpoint to go on from', async () => {
    const trainer = await create();
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of trainer.run({ signal: controller.signal })) {
      events.push(event);
      if (event.step === 2) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'checkpoint', step: 2 });
    const [{ bytes }] = ofType(events, 'checkpoint');
    const rest = ofType(await collect(await create({ checkpoint: bytes })), 'step');
    expect(rest.map(({ step }) => step)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('gives a model that can be written, read and described', async () => {
    const trainer = await create();
    await collect(trainer);
    const model = trainer.model({ name: 'Test', credits: ['nobody'] });
    const copy = readModel(writeModel(model, { float16: false }));
    expect(copy).toEqual(model);
    expect(model).toMatchObject(modelConfig(config));
    expect(model.statistics).toEqual(dataset.statistics);
  });

  it('refuses the checkpoint of another model, naming what differs', async () => {
    const trainer = await create();
    const bytes = trainer.checkpoint();
    const { model } = config;
    const other = { ...config, model: { ...model, decoder: { ...model.decoder, hidden: 16 } } };
    await expect(create({ checkpoint: bytes, config: other })).rejects.toThrow(CheckpointError);
    await expect(create({ checkpoint: bytes, config: other })).rejects.toThrow(/decoder.*12.*16/);
    await expect(create({ checkpoint: writeModel(trainer.model({ name: 'x' })) })).rejects.toThrow(
      /not a checkpoint/,
    );
  });

  it('leaves no thread behind when the workers cannot hold a batch', async () => {
    const threads = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
    const before = threads();
    const trainer = { ...config.trainer, batchSize: 1_000_000 };
    const huge = create({ config: { ...config, trainer }, workers: 1 });
    await expect(huge).rejects.toThrow(TrainingError);
    await expect(huge).rejects.toThrow(/1000000 examples.*choose a smaller trainer.batchSize/);
    expect(threads()).toBe(before);
  });

  it('takes no step along a gradient that is not finite', async () => {
    const adam = new Adam(await trainModule(), 3);
    adam.parameters.set([1, 2, 3]);
    const gradient = Float32Array.of(0.5, Number.NaN, 0);
    expect(adam.step([gradient], [{ end: 3, learningRate: 1 }])).toBeNaN();
    expect([...adam.parameters]).toEqual([1, 2, 3]);
    expect([...adam.firstMoments, ...adam.secondMoments]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('stops at a loss that is not finite, saying at which step and what to do', async () => {
    const broken = Object.create(dataset, {
      split: {
        value: () => ({
          training: dataset.slices.map((slice) => ({ ...slice, audio: slice.audio.map(() => Number.NaN) })),
          validation: [],
        }),
      },
    });
    const trainer = await create({ dataset: broken });
    await expect(collect(trainer)).rejects.toThrow(TrainingError);
    await expect(collect(trainer)).rejects.toThrow(/step 1: the loss is NaN.*learningRate/);
  });
});
