import { decode } from 'fast-png';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../../src/audio/decode';
import { writeWav } from '../../../src/audio/wav';
import { readModel } from '../../../src/model/file';
import { datasetOptions, defaultConfig, type TrainConfig } from '../../../src/train/config';
import { Dataset } from '../../../src/train/data/dataset';
import { checkpointModel, checkpointSummary } from '../../../src/train/learn/checkpoint';
import { Trainer } from '../../../src/train/learn/trainer';
import { type MetricsLine, readLines } from '../../../src/train/run/metrics-log';
import { RunRecorder } from '../../../src/train/run/recorder';
import type { ReportData } from '../../../src/train/run/report/data';
import { phrase } from '../../support/models';
import { type Event, parseEvents } from './event-reader';
import { MemoryStore } from './memory-store';

const config: TrainConfig = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    sampleRate: 16000,
    frameRate: 50,
    analysis: { window: 640, pitchMin: 80, pitchMax: 1000, threshold: 0.1, dip: 'first' },
    decoder: { hidden: 8, inputScale: 'log' },
    about: { ...defaultConfig.model.about, name: 'Tiny </script> & co' },
  },
  synth: { preset: 'hpn', harmonics: 8, bands: 9 },
  data: { ...defaultConfig.data, validationFraction: 0.3 },
  loss: { ...defaultConfig.loss, sizes: [256, 512] },
  trainer: {
    ...defaultConfig.trainer,
    steps: 9,
    batchSize: 2,
    validateEvery: 3,
    checkpointEvery: 2,
    bestBy: 'loss',
    keepCheckpoints: 2,
  },
};

const dataset = await Dataset.fromFiles(
  [{ name: 'a phrase.wav', content: writeWav(phrase(10, 16000, 1), 16000) }],
  datasetOptions(config),
);

let store: MemoryStore;
let warnings: string[];
beforeEach(() => {
  store = new MemoryStore();
  warnings = [];
});

/** Trains into the store, from its last checkpoint if there is one; dies before `until`'s event is recorded. */
async function train(until: (step: number, type: string) => boolean = () => false): Promise<void> {
  const checkpoint = store.files.get('last.ckpt');
  const trainer = await Trainer.create({ dataset, config, workers: 1, checkpoint });
  try {
    const recorder = await RunRecorder.start({
      store,
      trainer,
      dataset,
      config,
      configText: 'trainer: {}',
      resumed: checkpoint !== undefined,
      onWarning: (message) => warnings.push(message),
    });
    for await (const event of trainer.run()) {
      if (until(event.step, event.type)) return;
      await recorder.record(event);
    }
    await recorder.end('finished', 'done');
  } finally {
    await trainer.close();
  }
}

const lines = () => readLines(store.text('metrics.jsonl'));
const told = ({ type, step }: MetricsLine) => `${type} ${step}`;
const WHOLE = [
  'validation 0',
  ...['step 1', 'step 2', 'step 3', 'validation 3'],
  ...['step 4', 'step 5', 'step 6', 'validation 6'],
  ...['step 7', 'step 8', 'step 9', 'validation 9'],
];

async function events(): Promise<Event[]> {
  const names = await store.list('tensorboard');
  return names.flatMap((name) => parseEvents(store.files.get(`tensorboard/${name}`)!));
}

function report(): ReportData {
  const [, json] = store.text('report.html').match(/id="data">(.*?)<\/script>/s) ?? [];
  return JSON.parse(json);
}

describe('the record of a run', () => {
  it('is whole', async () => {
    await train();
    expect(warnings).toEqual([]);
    // each held-out stretch
    const samples = await store.list('samples');
    expect([...store.files.keys()].map((name) => name.replace(/\d{10}/, 'TIME')).sort()).toEqual([
      'best.ckpt',
      'checkpoints/step-000000008.ckpt',
      'checkpoints/step-000000009.ckpt',
      'last.ckpt',
      'metrics.jsonl',
      'model.safetensors',
      'report.html',
      ...samples.map((name) => `samples/${name}`),
      'tensorboard/events.out.tfevents.TIME.ddsp',
    ]);
    expect(lines().map(told)).toEqual(WHOLE);
    expect(lines().at(-2)).toMatchObject({
      loss: expect.any(Number),
      learningRate: expect.any(Number),
      gradientNorm: expect.any(Number),
      secondsPerExample: expect.any(Number),
    });
    expect(checkpointSummary(store.files.get('last.ckpt')!).step).toBe(9);
  });

  it('has the best checkpoint, and its model', async () => {
    await train();
    const best = lines()
      .filter(({ type }) => type === 'validation')
      .reduce((a, b) => (b.loss! < a.loss! ? b : a));
    const bytes = store.files.get('best.ckpt')!;
    expect(checkpointSummary(bytes)).toMatchObject({
      step: best.step,
      progress: { best: { loss: best.loss } },
    });
    const { tensors, ...rest } = readModel(store.files.get('model.safetensors')!);
    const { tensors: exact, ...same } = checkpointModel(bytes);
    expect(rest).toEqual({ ...same, decoder: { ...same.decoder, inputs: ['f0', 'loudness'] } });
    expect(rest.about).toEqual({ name: 'Tiny </script> & co' });
    expect(rest.statistics).toEqual(dataset.statistics);
    const [name] = Object.keys(exact);
    expect(tensors[name][0]).toBeCloseTo(exact[name][0], 3);
  });

  it('has scalars, sounds and pictures for tensorboard', async () => {
    await train();
    const found = await events();
    expect(found[0].version).toBe('brain.Event:2');
    const scalar = (tag: string) =>
      found.filter(({ scalars }) => tag in scalars).map(({ step, scalars }) => [step, scalars[tag]]);
    const logged = lines().filter(({ type }) => type === 'step');
    expect(scalar('loss/training')).toEqual(logged.map(({ step, loss }) => [step, Math.fround(loss!)]));
    expect(scalar('held_out/log_spectral_distance').map(([step]) => step)).toEqual([0, 3, 6, 9]);
    const yardstick = scalar('held_out_yardsticks/harmonic_error');
    expect(yardstick.map(([step]) => step)).toEqual([0, 3, 6, 9]);
    expect(scalar('clip_yardsticks/pitch_missed').map(([step]) => step)).toContain(9);
    const heard = found.filter(({ sounds }) => 'clip_1/reconstruction_audio' in sounds);
    expect(heard.map(({ step }) => step)).toContain(9);
    for (const { sounds, images } of heard) {
      const { file, rate } = sounds['clip_1/reconstruction_audio'];
      const { channels, sampleRate } = await decodeAudio(file, 'reconstruction');
      expect([sampleRate, rate]).toEqual([16000, 16000]);
      const { width, height, file: png } = images['clip_1/reconstruction_spectrogram'];
      expect(width).toBe(Math.floor(channels[0].length / 160));
      expect(decode(png)).toMatchObject({ width, height, channels: 3 });
    }
    const originals = found.filter(({ sounds }) => 'clip_1/original_audio' in sounds);
    expect(originals.map(({ step }) => step)).toEqual([0]);
  });

  it('has a report that says it all, and only that', async () => {
    await train();
    const html = store.text('report.html');
    expect(html.split('</script>')).toHaveLength(3);
    expect(html).toContain('<title>Tiny &lt;/script> &amp; co</title>');
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    const data = report();
    expect(data).toMatchObject({ state: 'finished', note: 'done', step: 9, steps: 9, heardAt: 9 });
    expect(data.training.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(data.validations.map(({ step }) => step)).toEqual([0, 3, 6, 9]);
    expect(data.validations[3].yardsticks?.harmonicError?.value).toBeGreaterThan(0);
    expect(data.yardsticks.pitchMissed?.value).toBeGreaterThan(0);
    expect(data.clips[0].title).toMatch(/^a phrase.wav at 0:0\d$/);
    expect(data.clips[0].reconstruction?.sound).toMatch(/^data:audio\/wav;base64,UklGR/);
    expect(data.clips[0].reconstruction?.picture).not.toBe(data.clips[0].original.picture);
  });

  it('goes on where the last checkpoint was, and is as if it had never stopped', async () => {
    await train();
    const whole = new Map(store.files);
    const untimed = (text: string) => text.replace(/"(time|secondsPerExample)":[\d.]+/g, '');
    const log = untimed(store.text('metrics.jsonl'));
    store.files.clear();
    // dies before anything was saved, then between log and checkpoint, then in the middle
    await train((step, type) => step === 0 && type === 'checkpoint');
    expect(store.files.has('last.ckpt')).toBe(false);
    store.files.set('metrics.jsonl', Buffer.from('{"type":"validation","step":0}\n{"type":"step"'));
    await train((step, type) => step === 6 && type === 'checkpoint');
    await train((step) => step === 8);
    const half = store.files.get(`tensorboard/${(await store.list('tensorboard')).at(-1)}`)!;
    store.files.set(`tensorboard/${(await store.list('tensorboard')).at(-1)}`, half.subarray(0, -5));
    await train();
    expect(lines().map(told)).toEqual(WHOLE);
    expect(untimed(store.text('metrics.jsonl'))).toBe(log);
    for (const name of ['last.ckpt', 'best.ckpt', 'model.safetensors']) {
      expect(Buffer.compare(store.files.get(name)!, whole.get(name)!)).toBe(0);
    }
    const steps = (await events())
      .filter(({ scalars }) => 'loss/training' in scalars)
      .map(({ step }) => step);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await store.list('tensorboard')).length).toBeGreaterThan(1);
    expect(report().training.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('survives a disk on which logs, report and model find no room, for a while', async () => {
    let blocked = 0;
    store.full = (name) => !/ckpt$|samples/.test(name) && blocked++ < 9;
    await train();
    expect(warnings.length).toBeGreaterThan(2);
    expect(warnings.join()).toMatch(/metrics.jsonl: .*full; training continues, and writing is retried/);
    expect(warnings.join()).toMatch(/model.safetensors: .*full; training continues/);
    store.full = () => false;
    expect(lines().map(told)).toEqual(WHOLE);
    expect((await events()).length).toBeGreaterThan(12);
  });

  it('ends where a checkpoint cannot be written, and keeps the one before', async () => {
    let checkpoints = 0;
    store.full = (name) => name === 'last.ckpt' && ++checkpoints > 2;
    await expect(train()).rejects.toThrow(/last.ckpt: cannot be written: the disk is full/);
    expect(checkpointSummary(store.files.get('last.ckpt')!).step).toBe(2);
    store.full = () => false;
    await train();
    expect(lines().map(told)).toEqual(WHOLE);
  });
});
