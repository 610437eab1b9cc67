import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { Dataset, type DatasetOptions } from '../../../src/train/data/dataset';
import { audioFolder } from '../../../src/train/data/folder';
import type { DatasetProgress } from '../../../src/train/data/preprocess';
import { type AudioSource, DatasetError } from '../../../src/train/data/source';
import { encodeWav, note } from '../../support/sounds';

const options: DatasetOptions = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
  workers: 1,
};

const source = (name: string, content: Uint8Array): AudioSource => ({ name, content });
const text = new TextEncoder().encode('not a sound');

describe('a dataset', () => {
  it('holds slices whose audio and features belong together', async () => {
    const stereo = encodeWav([note(3.2), note(3.2)], 16_000, 'float32');
    const dataset = await Dataset.fromFiles([source('stereo.wav', stereo)], options);
    expect(dataset.hop).toBe(160);
    expect(dataset.framesPerSlice).toBe(100);
    expect(dataset.samplesPerSlice).toBe(16_000);
    expect(dataset.slices).toEqual([
      { index: 0, source: 'stereo.wav', offset: 0 },
      { index: 1, source: 'stereo.wav', offset: 16_000 },
      { index: 2, source: 'stereo.wav', offset: 32_000 },
    ]);
    const original = note(3.2);
    for (const slice of dataset.slices) {
      const { audio, f0, loudness } = await dataset.read(slice);
      expect(audio).toEqual(original.slice(slice.offset, slice.offset + 16_000));
      expect(f0).toHaveLength(100);
      for (const hertz of f0.subarray(5, 95)) expect(Math.abs(hertz - 220)).toBeLessThan(1);
      expect(loudness).toHaveLength(100);
      for (const decibels of loudness.subarray(5, 95)) expect(decibels).toBeGreaterThan(0);
    }
    expect(dataset.statistics.f0[1]).toBeCloseTo(220, 0);
    expect(dataset.summary).toMatchObject({ secondsKept: 3, secondsSilent: 0, refused: [] });
    expect(dataset.summary.seconds).toBeCloseTo(3.2);
    expect(dataset.summary.voicedShare).toBeGreaterThan(0.95);
    const [recording] = dataset.summary.recordings;
    expect(recording).toMatchObject({ name: 'stereo.wav', channels: 2, slices: 3, notes: [] });
    for (const hertz of recording.pitch!) expect(hertz).toBeCloseTo(220, 0);
    const track = await dataset.track('stereo.wav');
    expect(track.f0.subarray(10, 300).every((hertz) => Math.abs(hertz - 220) < 1)).toBe(true);
  });

  it('resamples what comes at another rate', async () => {
    const dataset = await Dataset.fromFiles([source('cd.wav', writeWav(note(2, 44_100), 44_100))], options);
    expect(dataset.slices).toHaveLength(2);
    expect(dataset.summary.recordings[0]).toMatchObject({ sampleRate: 44_100, channels: 1, slices: 2 });
    expect(dataset.statistics.f0[1]).toBeCloseTo(220, 0);
  });

  it('drops silent slices and counts them', async () => {
    const rests = source('rests.wav', writeWav(note(5, 16_000, 220, 1, 2.5), 16_000));
    const dataset = await Dataset.fromFiles([rests], options);
    expect(dataset.slices.map((slice) => slice.offset)).toEqual([16_000, 32_000]);
    expect(dataset.summary.recordings[0]).toMatchObject({ slices: 2, silentSlices: 3 });
    expect(dataset.summary.secondsSilent).toBe(3);
    const louder = await Dataset.fromFiles([rests], { ...options, silence: -80 });
    expect(louder.slices).toHaveLength(5);
  });

  it('covers the end of a recording, and fills up one shorter than a slice', async () => {
    const sources = [
      source('a long.wav', writeWav(note(2.7), 16_000)),
      source('b short.wav', writeWav(note(0.6), 16_000)),
      source('c click.wav', writeWav(note(0.4), 16_000)),
    ];
    const dataset = await Dataset.fromFiles(sources, options);
    expect(dataset.slices.map((slice) => slice.offset)).toEqual([0, 16_000, 27_200, 0]);
    const { audio, f0, loudness } = await dataset.read(dataset.slices[3]);
    expect(audio).toHaveLength(16_000);
    expect(audio.subarray(9600).every((value) => value === 0)).toBe(true);
    expect(f0.subarray(5).every((hertz) => Math.abs(hertz - 220) < 2)).toBe(true);
    // the window of 1024 samples has left the sound
    expect(loudness.subarray(64).every((decibels) => decibels === -80)).toBe(true);
    expect(dataset.summary.refused).toEqual([
      { name: 'c click.wav', reason: expect.stringMatching(/shorter than half a slice.*join short notes/) },
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

  it('goes by names: the order in which files come makes no difference', async () => {
    const sources = ['b.wav', 'a.wav', 'c.wav'].map((name, i) =>
      source(name, writeWav(note(2, 16_000, 200 + 50 * i), 16_000)),
    );
    const one = await Dataset.fromFiles(sources, { ...options, workers: 2 });
    const other = await Dataset.fromFiles([...sources].reverse(), options);
    expect(one.slices.map((slice) => slice.source)).toEqual(
      ['a.wav', 'b.wav', 'c.wav'].flatMap((name) => [name, name]),
    );
    expect(other.slices).toEqual(one.slices);
    expect(other.fingerprint).toBe(one.fingerprint);
    for (const slice of one.slices) expect(await other.read(slice)).toEqual(await one.read(slice));
  });

  it('has a fingerprint of recordings, settings and slices', async () => {
    const sources = [source('a.wav', writeWav(note(4, 16_000, 220, 0, 2), 16_000))];
    const { fingerprint, store } = await Dataset.fromFiles(sources, options);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const analysis = { ...options.analysis, threshold: 0.2 };
    const others: [readonly AudioSource[], Partial<DatasetOptions>][] = [
      [[source('a.wav', writeWav(note(4, 16_000, 230, 0, 2), 16_000))], {}],
      [sources, { analysis }],
      [sources, { sliceSeconds: 0.5 }],
      [sources, { silence: -80 }],
    ];
    for (const [files, change] of others) {
      const other = await Dataset.fromFiles(files, { ...options, store, ...change });
      expect(other.fingerprint).not.toBe(fingerprint);
    }
    const renamed = [{ ...sources[0], name: 'b.wav' }];
    expect((await Dataset.fromFiles(renamed, options)).fingerprint).toBe(fingerprint);
  });

  it('fails when nothing is left, saying why', async () => {
    const cases: [AudioSource[], RegExp][] = [
      [[], /no recordings/],
      [[source('letter.wav', text)], /letter.wav: it is text/],
      [[source('rest.wav', writeWav(new Float32Array(32_000), 16_000))], /1 recording is silent.*-40 dB/],
    ];
    for (const [sources, reason] of cases) {
      const attempt = Dataset.fromFiles(sources, options);
      await expect(attempt).rejects.toThrow(DatasetError);
      await expect(attempt).rejects.toThrow(reason);
    }
  });

  it('tells how far it is, and stops when aborted', async () => {
    const wav = writeWav(note(3), 16_000);
    const sources = [source('a.wav', wav), source('b.wav', text), source('c.wav', writeWav(note(5), 16_000))];
    const seen: DatasetProgress[] = [];
    const onProgress = (progress: DatasetProgress) => seen.push(progress);
    await Dataset.fromFiles(sources, { ...options, onProgress });
    expect(seen.at(-1)).toMatchObject({ done: 3, count: 3, seconds: 8, totalSeconds: 8, secondsLeft: null });
    for (const [i, { seconds, totalSeconds }] of seen.entries()) {
      expect(totalSeconds).toBe(8);
      expect(seconds).toBeGreaterThanOrEqual(seen[Math.max(0, i - 1)].seconds);
    }
    const abort = new AbortController();
    const stopped = Dataset.fromFiles(sources, {
      ...options,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
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
    for (const [i, name] of [
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
    ].entries()) {
      await writeFile(path.join(folder, name), writeWav(note(1, 16_000, 200 + 10 * i), 16_000));
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
      { name: 'broken.wav', reason: expect.stringMatching(/cannot be read.*check that it is there/) },
    ]);
  });

  it('can be one file', async () => {
    const { sources } = await audioFolder(path.join(folder, 'z.WAV'));
    expect(sources.map(({ name }) => name)).toEqual(['z.WAV']);
  });

  it.runIf(process.platform === 'linux')('may hold names in Latin-1, and pipes', async () => {
    const place = path.join(folder, 'odd');
    await mkdir(place);
    const latin = (name: string) => Buffer.concat([Buffer.from(`${place}/`), Buffer.from(name, 'latin1')]);
    await writeFile(latin('B\xf6se.wav'), encodeWav([note(1)], 16_000, 'int16'));
    await mkdir(latin('St\xfccke'));
    await writeFile(latin('St\xfccke/a.wav'), encodeWav([note(2)], 16_000, 'int16'));
    execFileSync('mkfifo', [path.join(place, 'pipe.wav')]);
    const { sources } = await audioFolder(place);
    expect(sources.map(({ name }) => name)).toEqual(['B\xf6se.wav', 'St\xfccke/a.wav', 'pipe.wav']);
    const { summary } = await Dataset.fromFiles(sources, options);
    expect(summary.recordings.map(({ name }) => name)).toEqual(['B\xf6se.wav', 'St\xfccke/a.wav']);
    expect(summary.refused).toEqual([
      { name: 'pipe.wav', reason: expect.stringMatching(/cannot be read \(it is not a regular file\)/) },
    ]);
    await rm(place, { recursive: true });
  });

  it('may hold audio that is not read, which is refused by its name', async () => {
    const names = ['a.w64', 'b.au', 'c.wv', 'd.3gp', 'e.bwf'];
    const place = path.join(folder, 'others');
    await mkdir(place);
    const starts = ['riff\x2e\x91\xcf\x11', '.snd', 'wvpk', '\0\0\0\x18ftyp3gp4'];
    for (const [i, start] of starts.entries()) await writeFile(path.join(place, names[i]), start, 'latin1');
    await writeFile(path.join(place, names[4]), encodeWav([note(2)], 16_000, 'int16'));
    const { sources } = await audioFolder(place);
    expect(sources.map(({ name }) => name)).toEqual(names);
    const { summary } = await Dataset.fromFiles(sources, options);
    expect(summary.recordings.map(({ name }) => name)).toEqual(['e.bwf']);
    expect(summary.refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/Wave64/),
      expect.stringMatching(/Sun audio/),
      expect.stringMatching(/WavPack/),
      expect.stringMatching(/MP4/),
    ]);
    await rm(place, { recursive: true });
  });

  it('must be there', async () => {
    await expect(audioFolder(path.join(folder, 'none'))).rejects.toThrow(/none: there is no such folder/);
  });
});
