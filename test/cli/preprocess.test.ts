/** `ddsp preprocess` as a process: what it says, and what is left when it ends before it is done. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/wav';
import { folderStore } from '../../src/platform/stores/folder';
import { datasetOptions, defaultConfig } from '../../src/train/config';
import { Dataset } from '../../src/train/data/dataset';
import { audioFolder } from '../../src/train/data/folder';
import { note } from '../support/sounds';
import { bundleCommand } from './bundle';

const SMALL = ['model.sampleRate=16000', 'model.analysis.window=1024'];
const config = {
  ...defaultConfig,
  model: {
    ...defaultConfig.model,
    sampleRate: 16_000,
    analysis: { ...defaultConfig.model.analysis, window: 1024 },
  },
};

let bundle: string;
let root: string;
let data: string;
let db: string;

beforeAll(async () => {
  bundle = await bundleCommand('preprocess');
  root = await mkdtemp(path.join(tmpdir(), 'ddsp-preprocess-'));
  data = path.join(root, 'data');
  await mkdir(data);
  await writeFile(path.join(data, 'long.wav'), writeWav(note(80, 16_000, 200), 16_000));
  for (const [i, name] of ['a.wav', 'b.wav', 'c.wav'].entries()) {
    await writeFile(path.join(data, name), writeWav(note(4 + i, 16_000, 300 + 50 * i), 16_000));
  }
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await rm(bundle);
});

let runs = 0;
beforeEach(() => {
  db = path.join(root, `db ${runs++}`);
});

interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: string[]): { child: ChildProcess; answer: Promise<Answer> } {
  const child = spawn(process.execPath, [bundle, 'preprocess', ...args], {
    env: { ...process.env, DEBUG: '', XDG_CACHE_HOME: path.join(root, 'cache') },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, answer };
}

const preprocess = (...args: string[]): Promise<Answer> =>
  start('--data', data, '--db', db, '--workers', '1', ...SMALL, ...args).answer;

/** Ends it by SIGKILL as soon as the database holds what `ripe` waits for. */
async function killedWhen(ripe: (keys: readonly string[]) => boolean): Promise<void> {
  const store = await folderStore(db);
  const { child, answer } = start('--data', data, '--db', db, '--workers', '1', ...SMALL);
  const watcher = watch(db, async () => {
    if (ripe(await store.keys(''))) child.kill('SIGKILL');
  });
  expect(await answer.finally(() => watcher.close())).toMatchObject({ signal: 'SIGKILL' });
  await store.close();
}

async function expectComplete(): Promise<void> {
  const { sources } = await audioFolder(data);
  const expected = await Dataset.fromFiles(sources, datasetOptions(config));
  const store = await folderStore(db);
  const dataset = await Dataset.fromStore({ ...datasetOptions(config), store });
  expect(dataset.summary.reused).toBe(4);
  expect(dataset.fingerprint).toBe(expected.fingerprint);
  for (const slice of dataset.slices) {
    const [found, wanted] = [await dataset.read(slice), await expected.read(slice)];
    expect(Buffer.from(found.audio.buffer).equals(Buffer.from(wanted.audio.buffer))).toBe(true);
    // this process has relaxed SIMD, the command has not
    const same = found.f0.every((hertz, i) => Math.abs(hertz / wanted.f0[i] - 1) < 1e-4);
    expect(same).toBe(true);
  }
  await store.close();
}

describe('ddsp preprocess', () => {
  it('makes a database, tells of each recording, and uses it again', async () => {
    await writeFile(path.join(data, 'letter.wav'), 'not a sound');
    await writeFile(path.join(data, 'silent.wav'), writeWav(new Float32Array(40_000), 16_000));
    const first = await preprocess();
    const again = await preprocess('data.sliceSeconds=0.5');
    const other = await preprocess('model.analysis.threshold=0.3');
    await rm(path.join(data, 'letter.wav'));
    await rm(path.join(data, 'silent.wav'));
    const pruned = await preprocess('--prune');
    expect(first.err).toMatch(/refused letter.wav: it is text/);
    expect(first.err).toMatch(/silent.wav: silent throughout, skipped/);
    expect(first.err).toMatch(/reused 0 recordings, made 5/);
    expect(first.code).toBe(0);
    const lines = first.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^recording +length +rate +channels +slices +silent +voiced +pitch$/);
    expect(lines[1]).toMatch(/^a.wav +0:04 +16000 Hz +1 +4 +0 +(9\d|100)% +300 to 300 Hz$/);
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual([
      ...['a.wav', 'b.wav', 'c.wav', 'long.wav', 'silent.wav'],
    ]);
    expect(again.err).toMatch(/reused 5 recordings, made 0/);
    expect(again.out).toMatch(/a.wav .* 8 /);
    expect(other.err).toMatch(/reused 0 recordings, re-analysed 5, made 0/);
    expect(pruned.err).toMatch(/reused 4 recordings, made 0/);
    expect(pruned.err).toMatch(/removed \d+ MB/);
  });

  it('keeps the database in the system’s cache by default', async () => {
    const { err, code } = await start('--data', data, ...SMALL).answer;
    expect(code).toBe(0);
    expect(err).toMatch(/cache.ddsp-worklet.data-[0-9a-f]{12}: reused 0 recordings, made 4/);
    expect((await start('--data', data, ...SMALL).answer).err).toMatch(/reused 4 recordings, made 0/);
  });

  it('killed after a recording, goes on with the next', async () => {
    await killedWhen((keys) => keys.some((key) => key.startsWith('source/')));
    const { err, code } = await preprocess();
    expect(code).toBe(0);
    const [, reused] = err.match(/reused (\d) recording/) ?? [];
    expect(Number(reused)).toBeGreaterThanOrEqual(1);
    await expectComplete();
  });

  it('killed in the midst of a recording, makes that one again', async () => {
    await killedWhen((keys) => keys.some((key) => /^audio\/.*\/000001$/.test(key)));
    const { err, code } = await preprocess();
    expect(code).toBe(0);
    expect(err).toMatch(/made [34]/);
    await expectComplete();
  });

  it('interrupted, keeps what is complete', async () => {
    const { child, answer } = start('--data', data, '--db', db, '--workers', '1', ...SMALL);
    child.stderr!.once('data', () => child.kill('SIGINT'));
    expect(await answer).toMatchObject({ code: 130, err: expect.stringMatching(/finished work is kept/) });
    expect((await preprocess()).code).toBe(0);
    await expectComplete();
  });

  it('finds nothing in a folder of nothing', async () => {
    const empty = path.join(root, 'empty');
    await mkdir(empty);
    const { code, err } = await start('--data', empty, '--db', db).answer;
    expect(code).toBe(1);
    expect(err).toMatch(/^ddsp: .*no recordings to train on: add WAV, FLAC/m);
  });

  it.runIf(process.platform === 'linux')('stops when it may not write more, and goes on later', async () => {
    // 512-byte blocks: a file of 64 kB
    const limited = [`ulimit -f 128 && exec "$0" "$@"`, process.execPath, bundle, 'preprocess'];
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', ...limited, '--data', data, '--db', db, '--workers', '1', ...SMALL],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/the database cannot be written: .*limits of file sizes/);
    expect((await preprocess()).code).toBe(0);
    await expectComplete();
  });

  it.runIf(process.getuid?.() === 0)('stops on a full disk, and goes on later', async (context) => {
    const disk = path.join(root, 'disk');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
    if (!mounted) return context.skip();
    try {
      db = path.join(disk, 'db');
      const { code, err } = await preprocess();
      expect(code).toBe(1);
      expect(err).toMatch(/disk.db: the database cannot be written: the disk is full; free some space/);
      spawnSync('mount', ['-o', 'remount,size=64m', disk]);
      expect((await preprocess()).code).toBe(0);
      await expectComplete();
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
