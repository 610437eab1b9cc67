/** Datasets out of a database on disk: what is made anew, what is used again, and what goes wrong. */

import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { folderStore } from '../../../src/platform/stores/folder';
import { memoryStore } from '../../../src/platform/stores/memory';
import { DatabaseError, type DataStore } from '../../../src/platform/stores/store';
import { defaultConfig, type TrainConfig } from '../../../src/train/config';
import { DATABASE_VERSION, FORMAT_KEY, record } from '../../../src/train/data/database';
import { Dataset, type DatasetOptions } from '../../../src/train/data/dataset';
import { audioFolder } from '../../../src/train/data/folder';
import { Trainer } from '../../../src/train/learn/trainer';
import { randomiser } from '../../support/kernels';
import { note } from '../../support/sounds';

const settings: DatasetOptions = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
  workers: 1,
};

let root: string;
let data: string;
const open: DataStore[] = [];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ddsp-database-'));
  data = path.join(root, 'data');
  await mkdir(data);
  for (const [i, name] of ['a.wav', 'b.wav', 'c.wav'].entries()) await recordNote(name, 220 + 40 * i);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  await rm(root, { recursive: true });
});

/** Three seconds. */
async function recordNote(name: string, frequency: number): Promise<void> {
  await writeFile(path.join(data, name), writeWav(note(3, 16_000, frequency), 16_000));
}

async function openStore(folder = path.join(root, 'db')): Promise<DataStore> {
  const store = await folderStore(folder);
  open.push(store);
  return store;
}

/** As another process would: with the database just opened. */
async function make(change: Partial<DatasetOptions> = {}): Promise<Dataset> {
  const { sources } = await audioFolder(data);
  return Dataset.fromFiles(sources, { ...settings, store: await openStore(), ...change });
}

function counts({ summary: { recordings, reused, analysedAnew } }: Dataset) {
  return { reused, analysedAnew, made: recordings.length - reused - analysedAnew };
}

describe('a database', () => {
  it('gives what was made without it', async () => {
    const { sources } = await audioFolder(data);
    const expected = await Dataset.fromFiles(sources, settings);
    const dataset = await make();
    expect(dataset.slices).toEqual(expected.slices);
    expect(dataset.statistics).toEqual(expected.statistics);
    expect(dataset.fingerprint).toBe(expected.fingerprint);
    for (const slice of dataset.slices) expect(await dataset.read(slice)).toEqual(await expected.read(slice));
  });

  it('is used again by the same call, by another slice length, by another silence', async () => {
    const first = await make();
    expect(counts(first)).toEqual({ reused: 0, analysedAnew: 0, made: 3 });
    const again = await make();
    expect(counts(again)).toEqual({ reused: 3, analysedAnew: 0, made: 0 });
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(counts(await make({ sliceSeconds: 0.5, silence: -80 }))).toMatchObject({ reused: 3 });
  });

  it('has only the analysis done anew for other settings of it, and keeps both', async () => {
    await make();
    const analysis = { ...settings.analysis, threshold: 0.2 };
    expect(counts(await make({ analysis }))).toEqual({ reused: 0, analysedAnew: 3, made: 0 });
    expect(counts(await make({ frameRate: 50 }))).toEqual({ reused: 0, analysedAnew: 3, made: 0 });
    expect(counts(await make())).toEqual({ reused: 3, analysedAnew: 0, made: 0 });
    expect(counts(await make({ analysis }))).toEqual({ reused: 3, analysedAnew: 0, made: 0 });
    expect(counts(await make({ sampleRate: 22_050 }))).toEqual({ reused: 0, analysedAnew: 0, made: 3 });
  });

  it('has only what changed made anew', async () => {
    const before = await make();
    await recordNote('b.wav', 500);
    await recordNote('d.wav', 600);
    await rm(path.join(data, 'c.wav'));
    const after = await make();
    expect(counts(after)).toEqual({ reused: 1, analysedAnew: 0, made: 2 });
    expect(after.summary.recordings.map(({ name }) => name)).toEqual(['a.wav', 'b.wav', 'd.wav']);
    expect(after.statistics.f0[2] / 600).toBeCloseTo(1, 2);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it('knows a file by its content when its name or its time is another', async () => {
    await make();
    await rename(path.join(data, 'c.wav'), path.join(data, 'renamed.wav'));
    await utimes(path.join(data, 'a.wav'), 1, 1);
    const dataset = await make();
    expect(counts(dataset)).toEqual({ reused: 3, analysedAnew: 0, made: 0 });
    expect(dataset.summary.recordings.map(({ name }) => name)).toEqual(['a.wav', 'b.wav', 'renamed.wav']);
  });

  it('notices another content under the same name, size and time', async () => {
    const file = path.join(data, 'a.wav');
    await utimes(file, 1000, 1000);
    await make();
    await recordNote('a.wav', 700);
    await utimes(file, 1000, 1000);
    expect(counts(await make())).toEqual({ reused: 2, analysedAnew: 0, made: 1 });
  });

  it('remembers what cannot be used, until it is another file', async () => {
    const broken = writeWav(note(3), 16_000).subarray(0, 50_000);
    await writeFile(path.join(data, 'broken.wav'), broken);
    for (let i = 0; i < 2; i++) {
      const { summary } = await make();
      expect(summary.refused).toEqual([
        { name: 'broken.wav', reason: expect.stringMatching(/it is truncated.*copy it again/) },
      ]);
    }
    await recordNote('broken.wav', 900);
    expect((await make()).summary.refused).toEqual([]);
  });

  it('uses a recording once that is there twice', async () => {
    await writeFile(path.join(data, 'copy.wav'), await readFile(path.join(data, 'b.wav')));
    const { summary, slices } = await make();
    expect(summary.recordings).toHaveLength(3);
    expect(summary.refused).toEqual([
      { name: 'copy.wav', reason: expect.stringMatching(/identical to b.wav/) },
    ]);
    expect(slices).toHaveLength(9);
  });

  it('opens without the files, and can be analysed anew', async () => {
    const made = await make();
    await rm(data, { recursive: true });
    const dataset = await Dataset.fromStore({ ...settings, store: await openStore() });
    expect(dataset.fingerprint).toBe(made.fingerprint);
    expect(await dataset.read(dataset.slices[4])).toEqual(await made.read(made.slices[4]));
    const analysis = { ...settings.analysis, threshold: 0.2 };
    const other = await Dataset.fromStore({ ...settings, analysis, store: await openStore() });
    expect(counts(other)).toEqual({ reused: 0, analysedAnew: 3, made: 0 });
    const rate = Dataset.fromStore({ ...settings, sampleRate: 22_050, store: await openStore() });
    await expect(rate).rejects.toThrow(/a.wav: the database does not have its sound.*add the file again/);
  });

  it('is freed of what a dataset does not need, and of nothing else', async () => {
    await make({ frameRate: 50 });
    await recordNote('a.wav', 800);
    const dataset = await make();
    expect(await dataset.prune()).toBeGreaterThan(4 * 3 * 16_000);
    expect(await dataset.prune()).toBe(0);
    for (const slice of dataset.slices) await dataset.read(slice);
    expect(counts(await make())).toEqual({ reused: 3, analysedAnew: 0, made: 0 });
    expect(counts(await make({ frameRate: 50 }))).toEqual({ reused: 0, analysedAnew: 3, made: 0 });
  });

  it('says so when a slice was removed while it was in use', async () => {
    const dataset = await make();
    await recordNote('a.wav', 800);
    await (await make()).prune();
    const lost = dataset.read(dataset.slices[0]);
    await expect(lost).rejects.toThrow(DatabaseError);
    await expect(lost).rejects.toThrow(/removed while in use; preprocess again/);
  });
});

describe('training out of a database', () => {
  it('reads on every thread what memory gives', async () => {
    const config: TrainConfig = {
      ...defaultConfig,
      model: {
        ...defaultConfig.model,
        ...{ sampleRate: 16_000, frameRate: 100, analysis: { ...settings.analysis, dip: 'first' as const } },
        decoder: { ...defaultConfig.model.decoder, hidden: 8 },
      },
      data: { ...defaultConfig.data, pitchMin: 60, validationFraction: 0.3 },
      synth: { preset: 'hpn', harmonics: 8, bands: 9 },
      trainer: { ...defaultConfig.trainer, steps: 3, batchSize: 4 },
    };
    const losses = async (dataset: Dataset): Promise<number[]> => {
      const trainer = await Trainer.create({ dataset, config, workers: 2 });
      const found: number[] = [];
      for await (const event of trainer.run()) if ('loss' in event) found.push(event.loss);
      await trainer.close();
      return found;
    };
    const fromDisk = await losses(await make());
    expect(fromDisk.length).toBeGreaterThan(3);
    expect(fromDisk.every((loss) => loss > 0)).toBe(true);
    expect(await losses(await make({ store: memoryStore() }))).toEqual(fromDisk);
  });
});

describe('a database that cannot be used', () => {
  const attempt = async (folder: string) =>
    Dataset.fromFiles((await audioFolder(data)).sources, { ...settings, store: await openStore(folder) });

  it('is of another version', async () => {
    const folder = path.join(root, 'db');
    const store = await folderStore(folder);
    await store.put([record(FORMAT_KEY, { format: 'ddsp-database', version: DATABASE_VERSION + 6 })]);
    await store.close();
    await expect(attempt(folder)).rejects.toThrow(DatabaseError);
    await expect(attempt(folder)).rejects.toThrow(
      /db: a database of version 8; this library uses version 2; delete it, or choose another place/,
    );
  });

  it('is of something else', async () => {
    const folder = path.join(root, 'db');
    const store = await folderStore(folder);
    await store.put([['contacts', new Uint8Array(3)]]);
    await store.close();
    await expect(attempt(folder)).rejects.toThrow(/db: this is not a database of recordings/);
  });

  it('has a value that is cut short', async () => {
    const { sources } = await audioFolder(data);
    const folder = path.join(root, 'db');
    await make();
    const [name] = (await readdir(folder)).filter((file) => /^features.*%2F[0-9]+\.value$/.test(file));
    await truncate(path.join(folder, name), 100);
    const reading = async () => {
      const dataset = await Dataset.fromFiles(sources, { ...settings, store: await openStore(folder) });
      for (const slice of dataset.slices) await dataset.read(slice);
    };
    await expect(reading()).rejects.toThrow(/db: the database is damaged at features/);
  });

  it('is of the version without checksums', async () => {
    const store = memoryStore();
    const format = JSON.stringify({ format: 'ddsp-database', version: 1 });
    await store.put([[FORMAT_KEY, new TextEncoder().encode(format)]]);
    const old = Dataset.fromFiles((await audioFolder(data)).sources, { ...settings, store });
    await expect(old).rejects.toThrow(/memory: a database of version 1; .* uses version 2; delete it/);
  });

  it('has a changed bit anywhere: in sound, frames or records', async () => {
    const { sources } = await audioFolder(data);
    const store = memoryStore();
    await Dataset.fromFiles(sources, { ...settings, store });
    const random = randomiser(7);
    for (const key of await store.keys('')) {
      const whole = (await store.get(key))!;
      const damaged = whole.slice();
      damaged[Math.floor(random() * damaged.length)] ^= 1 << Math.floor(random() * 8);
      await store.put([[key, damaged]]);
      const copy = memoryStore();
      for (const each of await store.keys('')) await copy.put([[each, (await store.get(each))!]]);
      const reading = (async () => {
        const dataset = await Dataset.fromFiles(sources, { ...settings, store: copy });
        for (const slice of dataset.slices) await dataset.read(slice);
      })();
      await expect(reading, key).rejects.toThrow(new RegExp(`memory: the database is damaged at ${key}`));
      await store.put([[key, whole]]);
    }
  });

  it('has a file in its place', async () => {
    const folder = path.join(root, 'file');
    await writeFile(folder, '');
    await expect(attempt(folder)).rejects.toThrow(/a file is in its place; choose another folder/);
    await expect(attempt(path.join(folder, 'deep'))).rejects.toThrow(/a file is in its place/);
  });

  it('lies on a disk that is full: what is done is kept', async () => {
    const { sources } = await audioFolder(data);
    const store = memoryStore();
    let left = 300_000;
    const small: DataStore = {
      ...store,
      async put(entries) {
        for (const [, value] of entries) left -= value.length;
        if (left < 0) throw new DatabaseError('the disk is full');
        await store.put(entries);
      },
    };
    const full = Dataset.fromFiles(sources, { ...settings, workers: 1, store: small });
    await expect(full).rejects.toThrow(DatabaseError);
    await expect(full).rejects.toThrow('the disk is full');
    const dataset = await Dataset.fromFiles(sources, { ...settings, workers: 1, store });
    expect(counts(dataset)).toMatchObject({ reused: 1 });
    expect(dataset.slices).toHaveLength(9);
  });
});
