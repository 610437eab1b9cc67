import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/train/audio/wav';
import {
  Dataset,
  DatasetError,
  type DatasetOptions,
  type DatasetProgress,
} from '../../src/train/dataset/dataset';
import { audioFolder } from '../../src/train/dataset/folder';
import type { AudioSource } from '../../src/train/dataset/source';
import { encodeWav } from './sounds';

const options: DatasetOptions = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
};

/** A steady tone with two overtones, silent outside `from` to `to` seconds. */
function note(seconds: number, rate = 16_000, frequency = 220, from = 0, to = seconds): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    const t = n / rate;
    const phase = 2 * Math.PI * frequency * t;
    return t >= from && t < to
      ? 0.2 * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 4)
      : 0;
  });
}

function source(name: string, content: Uint8Array | Error): AudioSource {
  return {
    name,
    bytes: async () => {
      if (content instanceof Error) throw content;
      return content;
    },
  };
}

const text = new TextEncoder().encode('not a sound');

describe('a dataset', () => {
  it('holds slices whose audio and features belong together', async () => {
    const stereo = encodeWav([note(3.2), note(3.2)], 16_000, 'float32');
    const dataset = await Dataset.fromFiles([source('stereo.wav', stereo)], options);
    expect(dataset.hop).toBe(160);
    expect(dataset.framesPerSlice).toBe(100);
    expect(dataset.samplesPerSlice).toBe(16_000);
    expect(dataset.slices.map((slice) => slice.offset)).toEqual([0, 16_000, 32_000]);
    const original = note(3.2);
    for (const { audio, f0, loudness, offset, source } of dataset.slices) {
      expect(source).toBe('stereo.wav');
      expect(audio).toEqual(original.slice(offset, offset + 16_000));
      expect(f0).toHaveLength(100);
      for (const hertz of f0.subarray(5, 95)) expect(Math.abs(hertz - 220)).toBeLessThan(1);
      expect(loudness).toHaveLength(100);
      for (const decibels of loudness.subarray(5, 95)) expect(decibels).toBeGreaterThan(0);
    }
    expect(dataset.statistics.f0[1]).toBeCloseTo(220, 0);
    expect(dataset.summary).toMatchObject({ secondsKept: 3, secondsSilent: 0, refused: [] });
    expect(dataset.summary.seconds).toBeCloseTo(3.2);
    expect(dataset.summary.voicedShare).toBeGreaterThan(0.95);
  });

  it('resamples what comes at another rate', async () => {
    const dataset = await Dataset.fromFiles([source('cd.wav', writeWav(note(2, 44_100), 44_100))], options);
    expect(dataset.slices).toHaveLength(2);
    expect(dataset.summary.recordings[0]).toMatchObject({ sampleRate: 44_100, channels: 1, slices: 2 });
    expect(dataset.statistics.f0[1]).toBeCloseTo(220, 0);
  });

  it('drops silent slices and counts them', async () => {
    const rests = writeWav(note(5, 16_000, 220, 1, 2.5), 16_000);
    const dataset = await Dataset.fromFiles([source('rests.wav', rests)], options);
    expect(dataset.slices.map((slice) => slice.offset)).toEqual([16_000, 32_000]);
    expect(dataset.summary.recordings[0]).toMatchObject({ slices: 2, silentSlices: 3 });
    expect(dataset.summary.secondsSilent).toBe(3);
    const louder = await Dataset.fromFiles([source('rests.wav', rests)], { ...options, silence: -80 });
    expect(louder.slices).toHaveLength(5);
  });

  it('covers the end of a recording, and fills up one shorter than a slice', async () => {
    const sources = [
      source('long.wav', writeWav(note(2.7), 16_000)),
      source('short.wav', writeWav(note(0.6), 16_000)),
      source('click.wav', writeWav(note(0.4), 16_000)),
    ];
    const dataset = await Dataset.fromFiles(sources, options);
    expect(dataset.slices.map((slice) => slice.offset)).toEqual([0, 16_000, 27_200, 0]);
    expect(dataset.slices[3].audio).toHaveLength(16_000);
    expect(dataset.slices[3].audio.subarray(9600).every((value) => value === 0)).toBe(true);
    expect(dataset.summary.refused).toEqual([
      { name: 'click.wav', reason: expect.stringMatching(/6400 samples.*join short notes/) },
    ]);
  });

  it('takes slices of other lengths', async () => {
    const dataset = await Dataset.fromFiles([source('a.wav', writeWav(note(2), 16_000))], {
      ...options,
      sliceSeconds: 0.5,
    });
    expect(dataset.framesPerSlice).toBe(50);
    expect(dataset.slices).toHaveLength(4);
  });

  it('refuses what it cannot use and goes on with the rest', async () => {
    const dataset = await Dataset.fromFiles(
      [
        source('letter.wav', text),
        source('gone.wav', new Error('no such file')),
        source('good.wav', writeWav(note(1), 16_000)),
      ],
      options,
    );
    expect(dataset.slices).toHaveLength(1);
    expect(dataset.summary.refused).toEqual([
      { name: 'letter.wav', reason: expect.stringContaining('it is text') },
      { name: 'gone.wav', reason: expect.stringContaining('no such file') },
    ]);
  });

  it('fails when nothing is left, saying why', async () => {
    const cases: [AudioSource[], RegExp][] = [
      [[], /no recordings/],
      [[source('letter.wav', text)], /letter.wav: it is text/],
      [[source('rest.wav', writeWav(new Float32Array(32_000), 16_000))], /1 recordings are silent.*-40 dB/],
    ];
    for (const [sources, reason] of cases) {
      const attempt = Dataset.fromFiles(sources, options);
      await expect(attempt).rejects.toThrow(DatasetError);
      await expect(attempt).rejects.toThrow(reason);
    }
  });

  it('tells how far it is, and stops when aborted', async () => {
    const wav = writeWav(note(1), 16_000);
    const sources = [source('a.wav', wav), source('b.wav', text), source('c.wav', wav)];
    const abort = new AbortController();
    const seen: string[] = [];
    const onProgress = ({ name, index, count, stage }: DatasetProgress) => {
      seen.push(`${index}/${count} ${name} ${stage}`);
      if (name === 'c.wav') abort.abort(new Error('enough'));
    };
    await expect(
      Dataset.fromFiles(sources, { ...options, signal: abort.signal, onProgress }),
    ).rejects.toThrow('enough');
    expect(seen).toEqual([
      '0/3 a.wav decode',
      '0/3 a.wav resample',
      '0/3 a.wav analyse',
      '0/3 a.wav done',
      '1/3 b.wav decode',
      '1/3 b.wav done',
      '2/3 c.wav decode',
    ]);
  });

  it('splits as splitSlices does', async () => {
    const dataset = await Dataset.fromFiles([source('a.wav', writeWav(note(10), 16_000))], options);
    const { training, validation } = dataset.split(0.2, 1);
    expect([training.length, validation.length]).toEqual([8, 2]);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ddsp-data-'));
    await mkdir(path.join(folder, 'b/deep'), { recursive: true });
    await mkdir(path.join(folder, '.cache'));
    await mkdir(path.join(folder, 'trained/samples'), { recursive: true });
    const wav = writeWav(note(1), 16_000);
    for (const name of [
      'z.WAV',
      'b/deep/c.flac',
      'b/a.opus',
      'notes.txt',
      '._z.wav',
      '.cache/x.wav',
      'song.m4a',
      // a training run's
      'trained/run.json',
      'trained/samples/1.wav',
    ]) {
      await writeFile(path.join(folder, name), wav);
    }
    await symlink(folder, path.join(folder, 'b/loop'));
    await symlink(path.join(folder, 'nowhere.wav'), path.join(folder, 'broken.wav'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is walked in order; what is no audio is noted', async () => {
    const { sources, ignored } = await audioFolder(folder);
    expect(sources.map(({ name }) => name)).toEqual([
      'b/a.opus',
      'b/deep/c.flac',
      'broken.wav',
      'song.m4a',
      'z.WAV',
    ]);
    expect(ignored).toEqual(['._z.wav', '.cache/', 'notes.txt', 'trained/']);
    const { summary } = await Dataset.fromFiles(sources, options);
    expect(summary.recordings).toHaveLength(4);
    expect(summary.refused).toEqual([
      { name: 'broken.wav', reason: expect.stringMatching(/cannot be read/) },
    ]);
  });

  it('can be one file', async () => {
    const { sources } = await audioFolder(path.join(folder, 'z.WAV'));
    expect(sources.map(({ name }) => name)).toEqual(['z.WAV']);
  });

  it('must be there', async () => {
    await expect(audioFolder(path.join(folder, 'none'))).rejects.toThrow(/none: there is no such folder/);
  });
});
