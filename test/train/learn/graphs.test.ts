/** Every processor is trained, from recordings to a model file, and plays what it was trained to. */

import { afterAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { trainModule } from '../../../src/dsp/train-module';
import { readModel, writeModel } from '../../../src/model/file';
import type { Model } from '../../../src/model/model';
import { datasetOptions, defaultConfig, modelConfig, type TrainConfig } from '../../../src/train/config';
import { Dataset } from '../../../src/train/data/dataset';
import { Adam } from '../../../src/train/learn/optimizer';
import { fromTensors, parameterLayout, toTensors } from '../../../src/train/learn/parameters';
import { Replica } from '../../../src/train/learn/replica';
import { type TrainEvent, Trainer } from '../../../src/train/learn/trainer';
import { graphs } from '../../support/graphs';
import { expectHeardAsTrained } from '../../support/heard';
import { phrase, randomModelOf } from '../../support/models';
import { referenceLoss } from '../../support/reference-loss';

const config: TrainConfig = {
  ...defaultConfig,
  data: { ...defaultConfig.data, pitchMin: 80, pitchMax: 1000, quietShare: 0 },
  model: {
    ...defaultConfig.model,
    sampleRate: 16000,
    frameRate: 50,
    analysis: { window: 640, pitchMin: 80, pitchMax: 1000, threshold: 0.1, dip: 'first' },
    decoder: { hidden: 8, inputScale: 'log' },
  },
  // of the logarithms a lone sine can bring few nearer
  loss: { ...referenceLoss, sizes: [64, 256, 1024] },
  optimizer: { ...defaultConfig.optimizer, learningRate: 5e-3 },
  trainer: {
    ...defaultConfig.trainer,
    steps: 30,
    batchSize: 4,
    seed: 7,
    validateEvery: 30,
    checkpointEvery: 30,
  },
};

const dataset = await Dataset.fromFiles(
  [{ name: 'phrase.wav', content: writeWav(phrase(6, 16000, 1), 16000) }],
  datasetOptions(config),
);

let trainer: Trainer | undefined;
afterAll(() => trainer?.close());

describe('training', () => {
  it.each(Object.entries(graphs))('%s', async (_, synth) => {
    await trainer?.close();
    trainer = await Trainer.create({ dataset, config: { ...config, synth }, workers: 1 });
    const before = trainer.model({ name: 'before' }).tensors;
    const validations: (TrainEvent & { type: 'validation' })[] = [];
    for await (const event of trainer.run()) if (event.type === 'validation') validations.push(event);
    const [start, end] = validations;
    expect(end.loss).toBeLessThan(0.9 * start.loss);

    const trained = trainer.model({ name: 'after' });
    for (const [name, values] of Object.entries(trained.tensors))
      expect(values, name).not.toEqual(before[name]);
    const model = readModel(writeModel(trained, { float16: false }));
    expect(model).toEqual({ ...trained, decoder: { ...trained.decoder, inputs: ['f0', 'loudness'] } });
    await expectHeardAsTrained(model);
  });
});

describe('DecayReverb', () => {
  /** Notes that leap: what rings on of one is heard beside the next. */
  const frames = 50;
  const f0 = Float32Array.from(
    { length: 2 * frames },
    (_, i) => [196, 415, 277, 587, 330][Math.floor(i / 7) % 5],
  );
  const loudness = new Float32Array(2 * frames).fill(-20);

  function room(gain: number, decay: number): Model {
    const synth = {
      processors: [
        { name: 'saw', type: 'SawOscillator' },
        { name: 'room', type: 'DecayReverb', inputs: { audio: 'saw' }, options: { length: 8000 } },
      ],
    };
    const model = randomModelOf(modelConfig({ ...config, synth }), 1);
    const tensors = { 'reverb.gain': Float32Array.of(gain), 'reverb.decay': Float32Array.of(decay) };
    return { ...model, tensors: { ...model.tensors, ...tensors } };
  }

  it.each([
    [0.3, 1.5],
    [-0.5, -1],
    [1, 0.5],
  ])('finds the room of gain %f and decay %f by its sound', async (gain, decay) => {
    const module = await trainModule();
    const replicaOf = (model: Model) => {
      const replica = new Replica(module, {
        model,
        loss: { ...config.loss, sizes: [128, 512] },
        batch: 2,
        frames,
      });
      replica.parameters = fromTensors(parameterLayout(model), model.tensors);
      return replica;
    };
    const batch = { count: 2, audio: new Float32Array(2 * 16000), f0, loudness, seeds: Uint32Array.of(1, 2) };
    const audio = replicaOf(room(gain, decay)).reconstruct(batch);
    const student = room(-2, 0);
    const layout = parameterLayout(student);
    const replica = replicaOf(student);
    const adam = new Adam(module, layout.size);
    adam.parameters.set(fromTensors(layout, student.tensors));
    const paces = [
      { end: layout.size - 2, learningRate: 0 },
      { end: layout.size, learningRate: 0.05 },
    ];
    for (let step = 0; step < 120; step++) {
      replica.step({ ...batch, audio }, 0.5);
      adam.step([replica.gradients], paces);
      replica.parameters = adam.parameters;
    }
    const found = toTensors(layout, adam.parameters);
    expect(Math.abs(found['reverb.gain'][0] - gain)).toBeLessThan(0.05);
    expect(Math.abs(found['reverb.decay'][0] - decay)).toBeLessThan(0.05);
  });
});
