/** What becomes of one recording, on this thread. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal } from '../../../src/analysis/track';
import { resample } from '../../../src/audio/resample';
import { writeWav } from '../../../src/audio/wav';
import { memoryStore } from '../../../src/platform/stores/memory';
import type { DataStore } from '../../../src/platform/stores/store';
import {
  type AudioRecord,
  audioKey,
  type FeatureSettings,
  type FeaturesRecord,
  featuresKeys,
  readRecord,
} from '../../../src/train/data/database';
import { prepareRecording } from '../../../src/train/data/recording';
import { readSamples, readTrack } from '../../../src/train/data/slice-reader';
import type { AudioContent } from '../../../src/train/data/source';
import { type Encoding, encodeWav, note } from '../../support/sounds';

const settings: FeatureSettings = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
};

function prepare(content: AudioContent, store: DataStore = memoryStore(), stamp: string | null = null) {
  return prepareRecording({ name: 'it', content, stamp, hash: null, settings }, store, () => {});
}

async function ready(content: AudioContent) {
  const store = memoryStore();
  const outcome = await prepare(content, store);
  if (outcome.kind === 'refused') throw new Error(outcome.problem);
  const audio = audioKey(outcome.hash, settings.sampleRate);
  const features = (await featuresKeys(settings))(outcome.hash);
  const record = (await readRecord<AudioRecord>(store, audio))!;
  const { frames } = (await readRecord<FeaturesRecord>(store, features))!;
  return {
    outcome,
    record,
    samples: await readSamples(store, { audio, samples: record.samples }, 0, record.samples),
    track: await readTrack(store, { features, frames }, 0, frames),
  };
}

/** Quicker to compare than arrays of numbers. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function refusal(content: AudioContent) {
  const outcome = await prepare(content);
  if (outcome.kind !== 'refused') throw new Error('was accepted');
  return outcome;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ddsp-recording-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a recording', () => {
  it('is the same from a file, a Blob and memory', async () => {
    const bytes = writeWav(note(2, 16_000, 300), 16_000);
    const file = path.join(folder, 'a.wav');
    await writeFile(file, bytes);
    const expected = await ready(bytes);
    expect(await ready({ path: file })).toEqual(expected);
    expect(await ready(new Blob([bytes]))).toEqual(expected);
    expect(expected.outcome).toMatchObject({
      made: 'everything',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is decoded, resampled and analysed as a whole one is, over many chunks', async () => {
    const original = note(20, 44_100, 250, 0, 15);
    const { samples, track } = await ready(writeWav(original, 44_100, { float: true }));
    const expected = await resample(original, 44_100, 16_000);
    expect(bytesOf(samples).equals(bytesOf(expected))).toBe(true);
    const padded = new Float32Array(expected.length + 512);
    padded.set(expected);
    expect(track).toEqual(await analyseSignal(padded, settings));
  });

  it('mixes 8 channels, and says so', async () => {
    const channels = Array.from({ length: 8 }, (_, i) => note(1, 16_000, 200 + 50 * i));
    const { samples, record } = await ready(encodeWav(channels, 16_000, 'int24'));
    expect(record).toMatchObject({ channels: 8, samples: 16_000, notes: ['8 channels, mixed to one'] });
    const mean = channels[0].map((_, n) => channels.reduce((sum, channel) => sum + channel[n], 0) / 8);
    for (const [n, value] of samples.entries()) expect(Math.abs(value - mean[n])).toBeLessThan(1e-6);
  });

  it('says so when its channels cancel each other out, and not when only one sounds', async () => {
    const left = note(1);
    const opposed = encodeWav([left, left.map((value) => -0.9 * value)], 16_000, 'float32');
    expect((await ready(opposed)).record.notes).toEqual([
      expect.stringMatching(/channels cancel each other out \(26 dB are lost\): keep one/),
    ]);
    const silence = new Float32Array(left.length);
    const single = encodeWav([silence, left], 16_000, 'float32');
    expect((await ready(single)).record.notes).toEqual([]);
  });

  it('can be larger than 4 GB by its format', async () => {
    const plain = encodeWav([note(1)], 16_000, 'int16');
    const rf64 = new Uint8Array(plain.length + 36);
    rf64.set(new TextEncoder().encode('RF64'));
    rf64.set(plain.subarray(4, 12), 4);
    rf64.set(new TextEncoder().encode('ds64\x1c\0\0\0'), 12);
    rf64.set(plain.subarray(12), 48);
    const view = new DataView(rf64.buffer);
    view.setUint32(4, 0xffffffff, true);
    view.setUint32(28, 32_000, true);
    view.setUint32(48 + 28, 0xffffffff, true);
    expect((await ready(rf64)).samples).toEqual((await ready(plain)).samples);
  });

  it('comes from files of every kind, cut into blocks of any size', async () => {
    const encodings: Encoding[] = ['int8', 'int16', 'int24', 'int32', 'float32', 'float64'];
    // longer than what is read at a time
    const long = note(3, 48_000);
    for (const encoding of encodings) {
      const { record } = await ready(encodeWav([long, long], 48_000, encoding));
      expect(record.samples).toBe(3 * 16_000);
    }
  });
});

describe('a recording that cannot be used', () => {
  const wav = encodeWav([note(1)], 16_000, 'float32');
  const withValue = (value: number) => {
    const samples = note(1);
    samples[11_000] = value;
    return encodeWav([samples], 16_000, 'float32');
  };

  it.each([
    ['of no bytes', new Uint8Array(0), /it is empty/],
    ['of text', new TextEncoder().encode('Dear Sir, ...'), /it is text/],
    ['with NaN', withValue(Number.NaN), /sample 11000 of channel 1 is NaN/],
    ['with infinities', withValue(Number.NEGATIVE_INFINITY), /sample 11000 of channel 1 is -Infinity/],
    ['cut short', wav.subarray(0, 30_000), /it is truncated/],
    ['of zeros', new Uint8Array(100_000), /it is all zeros/],
  ])('%s', async (_, content, problem) => {
    const { problem: found, remedy, hash } = await refusal(content);
    expect(found).toMatch(problem);
    expect(remedy).not.toBe('');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not there, or may not be read', async () => {
    expect(await refusal({ path: path.join(folder, 'none.wav') })).toMatchObject({
      hash: null,
      problem: expect.stringMatching(/cannot be read \(ENOENT/),
      remedy: expect.stringMatching(/check that it is there/),
    });
    expect((await refusal({ path: folder })).problem).toMatch(/cannot be read \(it is not a regular file/);
  });

  it('is remembered, but for what may be otherwise the next time', async () => {
    const store = memoryStore();
    await prepare(withValue(Number.NaN), store);
    expect(await store.keys('refused/')).toHaveLength(1);
    // it was another when it was looked at first
    const changed = new File([wav as Uint8Array<ArrayBuffer>], 'a.wav', { lastModified: 2 });
    expect(await prepare(changed, store, '1')).toMatchObject({
      kind: 'refused',
      problem: 'it changed while it was read',
    });
    expect(await store.keys('refused/')).toHaveLength(1);
    expect(await prepare(changed, store, '2')).toMatchObject({ kind: 'ready', made: 'everything' });
  });

  it('leaves the store’s own failures to its caller', async () => {
    const store = { ...memoryStore(), put: () => Promise.reject(new Error('no more room')) };
    await expect(prepare(wav, store)).rejects.toThrow('no more room');
  });
});
