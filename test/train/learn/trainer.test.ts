import { afterEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { trainModule } from '../../../src/dsp/train-module';
import { readModel, writeModel } from '../../../src/model/file';
import { fadedResponse } from '../../../src/synth/ir-reverb/fade';
import { datasetOptions, defaultConfig, modelConfig, type TrainConfig } from '../../../src/train/config';
import { sealFloats } from '../../../src/train/data/database';
import { Dataset } from '../../../src/train/data/dataset';
import { DivergenceError, TrainingError } from '../../../src/train/errors';
import { CheckpointError, checkpointModel } from '../../../src/train/learn/checkpoint';
import { FIGURE_NAMES } from '../../../src/train/learn/metrics/figures';
import type { YardstickName } from '../../../src/train/learn/metrics/yardsticks';
import { Adam } from '../../../src/train/learn/optimizer';
import { readPretrained } from '../../../src/train/learn/pretrained';
import { type TrainEvent, Trainer } from '../../../src/train/learn/trainer';
import { phrase } from '../../support/models';
import { note } from '../../support/sounds';

const config: TrainConfig = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    sampleRate: 16000,
    frameRate: 50,
    analysis: { window: 640, pitchMin: 80, pitchMax: 1000, threshold: 0.1, dip: 'first' },
    decoder: { hidden: 12, inputScale: 'log' },
  },
  synth: { preset: 'hpnir', harmonics: 12, bands: 9, irSeconds: 0.05 },
  data: { ...defaultConfig.data, pitchMin: 80, pitchMax: 1000, validationFraction: 0.2 },
  loss: {
    sizes: [64, 256, 1024],
    hop: 0.25,
    terms: [
      { kind: 'power', weight: 0.5 },
      // still moving when a resumed run goes on
      { kind: 'log', weight: { kind: 'linear', from: 0.3, to: 0.6, steps: 6 } },
    ],
  },
  optimizer: { ...defaultConfig.optimizer, learningRate: 5e-3 },
  trainer: {
    ...defaultConfig.trainer,
    steps: 8,
    batchSize: 4,
    seed: 7,
    validateEvery: 4,
    checkpointEvery: 3,
    bestBy: 'loss',
  },
};

const dataset = await Dataset.fromFiles(
  [1, 2].map((seed) => ({
    name: `phrase ${seed}.wav`,
    content: writeWav(phrase(6, 16000, seed), 16000),
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
    const told = (event: TrainEvent) =>
      `${event.type === 'checkpoint' && event.best ? 'best' : event.type} ${event.step}`;
    expect(events.map(told)).toEqual([
      'validation 0',
      'best 0',
      'step 1',
      'step 2',
      'step 3',
      'checkpoint 3',
      'step 4',
      'validation 4',
      'best 4',
      'step 5',
      'step 6',
      'checkpoint 6',
      'step 7',
      'step 8',
      'validation 8',
      'best 8',
      'end 8',
    ]);
    expect(events.at(-1)).toEqual({ type: 'end', step: 8, reason: 'steps' });
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

  it('resumes from a checkpoint bit for bit, figures and all', async () => {
    const whole = await collect(await create());
    const checkpoints = ofType(whole, 'checkpoint');
    expect(checkpoints.map(({ step }) => step)).toEqual([0, 3, 4, 6, 8]);
    for (const { step, bytes } of checkpoints.slice(1, 4)) {
      const resumed = await create({ checkpoint: bytes });
      expect(resumed.step).toBe(step);
      const untimed = (events: readonly TrainEvent[]) =>
        events.map((event) => ({ ...event, secondsPerExample: 0 }));
      const after = whole.findIndex((event) => event.type === 'checkpoint' && event.step === step) + 1;
      expect(untimed(await collect(resumed))).toEqual(untimed(whole.slice(after)));
    }
  });

  it('has the same held-out figures with any number of workers', async () => {
    const [one, two] = [await create({ workers: 1 }), await create({ workers: 2 })];
    const [a, b] = [ofType(await collect(one), 'validation'), ofType(await collect(two), 'validation')];
    for (const name of FIGURE_NAMES) {
      expect(a[0][name] / b[0][name]).toBeCloseTo(1, 6);
      // sums in another order
      expect(a.at(-1)![name] / b.at(-1)![name]).toBeCloseTo(1, 2);
    }
    const names = Object.keys(a[0].yardsticks!) as YardstickName[];
    expect(names).toEqual(expect.arrayContaining(['harmonicError', 'envelopeMotion', 'frechetDistance']));
    for (const name of names) {
      const [one, two] = [a[0].yardsticks![name]!, b[0].yardsticks![name]!];
      expect(two.value / one.value, name).toBeCloseTo(1, 4);
    }
  });

  it('goes by the schedules of the loss', async () => {
    const weight = { kind: 'linear', from: 1, to: 0, steps: 3 } as const;
    const loss = { ...config.loss, terms: [{ kind: 'power', weight }] } as const;
    const events = await collect(
      await create({ config: { ...config, loss, optimizer: { ...config.optimizer, learningRate: 1e-9 } } }),
    );
    const [first, second, third, ...rest] = ofType(events, 'step').map((event) => event.loss);
    expect(second / first).toBeGreaterThan(0.3);
    expect(third / second).toBeLessThan(0.9);
    expect(rest).toEqual([0, 0, 0, 0, 0]);
  });

  it('stops after the step in hand when aborted, and yields a checkpoint to go on from', async () => {
    const trainer = await create();
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of trainer.run({ signal: controller.signal })) {
      events.push(event);
      if (event.step === 2) controller.abort();
    }
    expect(events.at(-2)).toMatchObject({ type: 'checkpoint', step: 2, best: false });
    expect(events.at(-1)).toEqual({ type: 'end', step: 2, reason: 'aborted' });
    const bytes = ofType(events, 'checkpoint').at(-1)?.bytes;
    const rest = ofType(await collect(await create({ checkpoint: bytes })), 'step');
    expect(rest.map(({ step }) => step)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('stops when nothing better comes, also when resumed in between', async () => {
    const trainer = { ...config.trainer, steps: 50, validateEvery: 1, patience: 3 };
    // learns nothing: only what is validated first is ever the best
    const optimizer = { ...config.optimizer, learningRate: 1e-12 };
    const still = { ...config, trainer, optimizer };
    const events = await collect(await create({ config: still }));
    const waited = ofType(events, 'checkpoint').findLast(({ best }) => best)!.step + 3;
    expect(waited).toBeLessThan(50);
    expect(events.at(-1)).toEqual({ type: 'end', step: waited, reason: 'patience' });
    const half = ofType(events, 'checkpoint').find(({ best, step }) => !best && step % 3 === 0)!;
    const resumed = await collect(await create({ config: still, checkpoint: half.bytes }));
    expect(resumed.at(-1)).toEqual({ type: 'end', step: waited, reason: 'patience' });
  });

  it('begins with the weights of another training, on other data', async () => {
    const teacher = await create();
    await collect(teacher);
    const file = writeModel(teacher.model({ name: 'Teacher' }), { float16: false });
    const other = await Dataset.fromFiles(
      [{ name: 'other.wav', content: writeWav(phrase(6, 16000, 9), 16000) }],
      datasetOptions(config),
    );
    for (const bytes of [file, teacher.checkpoint()]) {
      const pupil = await create({ dataset: other, pretrained: readPretrained(bytes) });
      expect(pupil.step).toBe(0);
      // a model's response is faded when it is made, also one that begins with a faded one
      const { ir, ...others } = teacher.model({ name: 'x' }).tensors;
      expect(pupil.model({ name: 'x' }).tensors).toEqual({ ...others, ir: fadedResponse(ir) });
    }
  });

  it('puts what the recordings tell of notes into the model and the checkpoint, if they tell enough', async () => {
    const silence = new Float32Array(8000);
    const notes = Array.from({ length: 26 }, (_, i) => [...note(0.5, 16_000, 220 + 10 * i), ...silence]);
    const played = await Dataset.fromFiles(
      [{ name: 'notes.wav', content: writeWav(Float32Array.from(notes.flat()), 16_000) }],
      datasetOptions(config),
    );
    expect(played.articulation?.attacks).toHaveLength(2);
    const trainer = await create({ dataset: played });
    const file = readModel(writeModel(trainer.model({ name: 'x' })));
    expect(file.articulation).toEqual(played.articulation);
    expect(checkpointModel(trainer.checkpoint()).articulation).toEqual(played.articulation);
    // two phrases are too few notes
    const few = await create();
    expect(few.model({ name: 'x' }).articulation).toBe(undefined);
    expect(checkpointModel(few.checkpoint()).articulation).toBe(undefined);
  });

  it('refuses weights of another model, naming the tensor or the section', async () => {
    const pretrained = (await create()).model({ name: 'x' });
    const { model } = config;
    const cases: [TrainConfig, RegExp][] = [
      [
        { ...config, model: { ...model, decoder: { ...model.decoder, hidden: 16 } } },
        /tensor estimator.mlp_0.linear.0.0.weight is \[12,2\], the configuration's \[16,2\]/,
      ],
      [
        { ...config, synth: { preset: 'hpnir', harmonics: 12, bands: 9, irSeconds: 0.06 } },
        /tensor ir is \[799\], the configuration's \[959\]/,
      ],
      [{ ...config, synth: { preset: 'hpn', harmonics: 12, bands: 9 } }, /tensor ir is there, .* without/],
      [
        { ...config, model: { ...model, decoder: { ...model.decoder, inputScale: 'linear' } } },
        /decoder is .*"log".*"linear"/,
      ],
    ];
    for (const [other, message] of cases) {
      await expect(create({ config: other, pretrained })).rejects.toThrow(TrainingError);
      await expect(create({ config: other, pretrained })).rejects.toThrow(message);
    }
  });

  it('gives a model that can be written, read and described', async () => {
    const trainer = await create();
    await collect(trainer);
    const model = trainer.model({ name: 'Test', credits: ['nobody'] });
    const copy = readModel(writeModel(model, { float16: false }));
    expect(copy).toEqual({ ...model, decoder: { ...model.decoder, inputs: ['f0', 'loudness'] } });
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

  it('refuses the checkpoint of other data', async () => {
    const bytes = (await create()).checkpoint();
    const shorter = await Dataset.fromFiles(
      [{ name: 'phrase 1.wav', content: writeWav(phrase(6, 16000, 1), 16000) }],
      datasetOptions(config),
    );
    expect(shorter.fingerprint).not.toBe(dataset.fingerprint);
    await expect(create({ checkpoint: bytes, dataset: shorter })).rejects.toThrow(
      /recordings or data settings are not the ones this checkpoint was trained on/,
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
    // ports of tests before may have been closed meanwhile
    await expect.poll(threads).toBeLessThanOrEqual(before);
  });

  it('takes no step along a gradient that is not finite', async () => {
    const adam = new Adam(await trainModule(), 3);
    adam.parameters.set([1, 2, 3]);
    const gradient = Float32Array.of(0.5, Number.NaN, 0);
    expect(adam.step([gradient], [{ end: 3, learningRate: 1 }])).toBeNaN();
    expect([...adam.parameters]).toEqual([1, 2, 3]);
    expect([...adam.firstMoments, ...adam.secondMoments]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('shrinks what is to shrink, apart from its gradient', async () => {
    const adam = new Adam(await trainModule(), 4);
    adam.parameters.set([1, -2, 1, -2]);
    const rates = [
      { end: 2, learningRate: 0.01 },
      { end: 4, learningRate: 0.01, shrink: 0.25 },
    ];
    for (let step = 0; step < 2; step++) adam.step([Float32Array.of(3, 0, 3, 0)], rates);
    // Adam's step along a constant gradient is the learning rate
    const expected = [0.98, -2, (0.75 - 0.01) * 0.75 - 0.01, -2 * 0.75 ** 2];
    expected.forEach((value, i) => {
      expect(adam.parameters[i]).toBeCloseTo(value, 6);
    });
  });

  it('lets a response go that nothing holds, and no weight', async () => {
    const before = (await create()).model({ name: 'x' });
    const loud = { ...before.tensors, ir: before.tensors.ir.map(() => 1) };
    const steps = { ...config, trainer: { ...config.trainer, steps: 1 } };
    const trainer = await create({ config: steps, pretrained: { ...before, tensors: loud } });
    await collect(trainer);
    const { ir, ...others } = trainer.model({ name: 'x' }).tensors;
    const rate = config.optimizer.learningRate;
    // a step moves a tap by a tenth of the rate at most
    const unfaded = ir.subarray(0, Math.floor((2 * ir.length) / 3));
    for (const tap of unfaded) expect(Math.abs(1 - tap - rate)).toBeLessThan(0.11 * rate);
    for (const [name, values] of Object.entries(others)) {
      values.forEach((value, i) => {
        expect(Math.abs(value - before.tensors[name][i]), name).toBeLessThan(1.01 * rate);
      });
    }
  });

  it('stops at a loss that is not finite, saying at which step', async () => {
    const noise = (bytes?: Uint8Array<ArrayBuffer>) =>
      bytes && sealFloats(new Float32Array(bytes.length / 4 - 1).fill(Number.NaN));
    const broken = Object.create(dataset, {
      store: { value: { ...dataset.store, get: async (key: string) => noise(await dataset.store.get(key)) } },
      split: { value: () => ({ training: dataset.slices, validation: [] }) },
    });
    const trainer = await create({ dataset: broken });
    await expect(collect(trainer)).rejects.toThrow(DivergenceError);
    await expect(collect(trainer)).rejects.toThrow(
      /step 1: the loss is NaN; the parameters are still those of step 0/,
    );
    expect(trainer.step).toBe(0);
  });
});
