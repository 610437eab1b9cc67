/** A third input of the decoder, from outside: measured, stored, read in batches, trained, saved and played. */

import { describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { registerInput } from '../../../src/decoder/inputs';
import { trainModule } from '../../../src/dsp/train-module';
import { readModel, writeModel } from '../../../src/model/file';
import { memoryStore } from '../../../src/platform/stores/memory';
import { renderOffline } from '../../../src/play/render';
import { datasetOptions, defaultConfig, readAssignments, resolveConfig } from '../../../src/train/config';
import { BatchReader } from '../../../src/train/data/batch-reader';
import { audioKey, featureSettings, featuresKeys } from '../../../src/train/data/database';
import { registerMeasuredInput } from '../../../src/train/data/inputs';
import { prepareRecording } from '../../../src/train/data/recording';
import { readTrack } from '../../../src/train/data/slice-reader';
import { fromTensors, parameterLayout } from '../../../src/train/learn/parameters';
import { Replica } from '../../../src/train/learn/replica';
import { configOf, phrase, randomModelOf, smallShape } from '../../support/models';

// the peak of each frame, in dB
registerInput('peak', { unit: 'dB', meaning: 'peak', default: -100, scale: (value) => value / 100 + 1 });
registerMeasuredInput('peak', {
  measure: (audio, { sampleRate, frameRate }, { f0 }) => {
    const hop = Math.round(sampleRate / frameRate);
    return f0.map((_, i) => {
      const peak = audio.subarray(i * hop, (i + 1) * hop).reduce((a, b) => Math.max(a, Math.abs(b)), 1e-5);
      return 20 * Math.log10(peak);
    });
  },
  amplify: (value, decibels) => value + decibels,
});

const inputs = ['f0', 'loudness', 'peak'];
const shape = { ...smallShape, sampleRate: 16_000, window: 640, irLength: null };
const base = configOf(shape);
const config = { ...base, decoder: { ...base.decoder, inputs } };
const settings = featureSettings({ ...config, inputs });
const sound = phrase(3, 16_000);
const store = memoryStore();
const FRAMES = 50;

async function prepared() {
  const content = new Blob([writeWav(sound, 16_000)]);
  const job = { name: 'sung.wav', content, stamp: null, hash: null, settings };
  const outcome = await prepareRecording(job, store, () => {});
  if (outcome.kind === 'refused') throw new Error(outcome.problem);
  const features = (await featuresKeys(settings))(outcome.hash);
  const stored = { name: 'sung.wav', audio: audioKey(outcome.hash, 16_000), features };
  return { ...stored, samples: sound.length, frames: 300 };
}

const recording = await prepared();

describe('a further input', () => {
  it('is stored with the other frames, under a key of its own', async () => {
    const { inputs: stored, ...track } = await readTrack(store, recording, 0, 310, ['peak']);
    const loudest = sound.subarray(100 * 160, 101 * 160).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(stored?.peak[100]).toBeCloseTo(20 * Math.log10(loudest), 2);
    expect(stored?.peak[305]).toBe(-100);
    expect(Object.keys(track)).toEqual(['f0', 'heldF0', 'confidence', 'loudness']);
    const without = (await featuresKeys({ ...settings, inputs: undefined }))('x');
    expect((await featuresKeys({ ...settings, inputs: ['f0', 'loudness'] }))('x')).toBe(without);
    expect((await featuresKeys(settings))('x')).not.toBe(without);
  });

  const index = {
    hop: 160,
    frames: FRAMES,
    recordings: [recording],
    owners: Uint32Array.of(0, 0),
    starts: Uint32Array.of(50, 100),
    inputs: ['peak'],
  };
  const request = {
    slices: Uint32Array.of(0, 1),
    shifts: Int32Array.of(0, 0),
    seeds: Uint32Array.of(1, 2),
    step: 0,
  };

  it('comes in batches, and follows the level', async () => {
    const read = async (gains: readonly number[]) => {
      const batches = new BatchReader(store, index);
      return (await batches.read({ ...request, gains: Float64Array.from(gains) })).inputs!.peak;
    };
    const plain = await read([0, 0]);
    const quieter = await read([0, -20]);
    expect(plain).toHaveLength(2 * FRAMES);
    expect(quieter.subarray(0, FRAMES)).toEqual(plain.subarray(0, FRAMES));
    quieter.subarray(FRAMES).forEach((value, i) => {
      expect(value).toBeCloseTo(plain[FRAMES + i] - 20, 3);
    });
  });

  it('is learned from, and played', async () => {
    const batch = await new BatchReader(store, index).read({ ...request, gains: new Float64Array(2) });
    const layout = parameterLayout(config);
    const model = randomModelOf(config, 4);
    const replica = new Replica(await trainModule(), {
      model: config,
      loss: { ...defaultConfig.loss, sizes: [256] },
      batch: 2,
      frames: FRAMES,
    });
    replica.parameters = fromTensors(layout, model.tensors);
    const loss = replica.step(batch, 0.5);
    const weight = layout.slots.find(({ name }) => name === 'estimator.mlp_0.linear.0.0.weight')!;
    expect(weight.shape).toEqual([shape.hidden, 3]);
    const ofPeak = replica.gradients
      .slice(weight.offset, weight.offset + weight.size)
      .filter((_, i) => i % 3 === 2);
    expect(Math.max(...ofPeak.map(Math.abs))).toBeGreaterThan(1e-6);
    const louder = { ...batch, inputs: { peak: batch.inputs!.peak.map((value) => value + 20) } };
    expect(replica.step(louder, 0.5)).not.toBe(loss);
    expect(() => replica.step({ ...batch, inputs: {} }, 0.5)).toThrow(/no values for the decoder input peak/);

    const read = readModel(writeModel(model, { float16: false }));
    expect(read.decoder.inputs).toEqual(inputs);
    const heard = await renderOffline(read, sound.subarray(0, 8000));
    expect(Math.max(...heard)).toBeGreaterThan(1e-3);
  });

  it('is a key of the configuration', () => {
    const { model, ...rest } = resolveConfig(readAssignments(['model.decoder.inputs=f0,loudness,peak']));
    expect(model.decoder.inputs).toEqual(inputs);
    expect(featureSettings(datasetOptions({ model, ...rest })).inputs).toEqual(['peak']);
    const refused = (names: string) => () =>
      resolveConfig(readAssignments([`model.decoder.inputs=${names}`]));
    expect(refused('f0,loudness,colour')).toThrow(
      /^model.decoder.inputs: expected a list of decoder inputs that begins with f0 and loudness/,
    );
    registerInput('played', { unit: '', meaning: 'only live', default: 0, scale: (value) => value });
    expect(refused('f0,loudness,played')).toThrow(
      'model.decoder.inputs: expected inputs that recordings provide, found "played"',
    );
  });
});
