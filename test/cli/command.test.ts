import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/file';
import { decodeAudio } from '../../src/train/audio/decode';
import { writeWav } from '../../src/train/audio/wav';

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  /** sends Ctrl-C once stderr contains this */
  readonly interruptAt?: string;
  readonly env?: Record<string, string>;
}

/** Inside the package, whose package.json and dependencies it looks for. */
const bundle = path.join(import.meta.dirname, '../../build/cli.test.mjs');
let folder: string;
/** where databases go by default, where the system goes by this variable */
let cache: string;
const at = (...parts: string[]) => path.join(folder, ...parts);

function ddsp(args: readonly string[], { interruptAt, env }: RunOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, ...args], {
      env: { ...process.env, DEBUG: '', XDG_CACHE_HOME: cache, ...env },
    });
    let out = '';
    let err = '';
    let interrupted = false;
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
      if (interruptAt && !interrupted && err.includes(interruptAt)) interrupted = child.kill('SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** A model small enough to train while a test waits. */
const SMALL = [
  ...['model.sampleRate=16000', 'model.frameRate=100', 'model.analysis.window=1024'],
  ...['model.decoder.hidden=8', 'synth.preset=hpn', 'synth.harmonics=8', 'synth.bands=17'],
  ...['loss.sizes=256,512', 'trainer.batchSize=2', 'model.about.authors=Ann,Bo'],
];

beforeAll(async () => {
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../src/cli/main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  folder = await mkdtemp(path.join(tmpdir(), 'ddsp-cli-'));
  cache = await mkdtemp(path.join(tmpdir(), 'ddsp-cache-'));
  const glide = Float32Array.from({ length: 8 * 16_000 }, (_, n) => {
    const t = n / 16_000;
    return 0.3 * Math.sin(2 * Math.PI * (200 * t + 10 * t * t));
  });
  await writeFile(at('glide.wav'), writeWav(glide, 16_000));
  await writeFile(at('letter.wav'), 'not a sound');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(cache, { recursive: true });
  await rm(bundle);
});

describe('ddsp analyse', () => {
  it('writes one row a frame', async () => {
    const { code, err } = await ddsp([
      'analyse',
      at('glide.wav'),
      '--out',
      at('glide.csv'),
      ...SMALL.slice(0, 3),
    ]);
    expect([code, err]).toEqual([0, 'analysing ...\n']);
    const [header, ...rows] = (await readFile(at('glide.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe('time_s,f0_hz,confidence,loudness_db');
    expect(rows).toHaveLength(800);
    for (const [i, row] of rows.entries()) {
      const [time, f0, confidence, loudness] = row.split(',').map(Number);
      expect(time).toBeCloseTo((i + 0.5) / 100, 6);
      if (i < 10 || i >= 790) continue;
      expect(Math.abs(f0 - (200 + 20 * time))).toBeLessThan(2);
      expect(confidence).toBeGreaterThan(0.8);
      expect(loudness).toBeGreaterThan(0);
    }
  });
});

describe('ddsp config', () => {
  const print = async (...args: string[]) => {
    const { code, out, err } = await ddsp(['config', ...args]);
    expect([code, err]).toEqual([0, '']);
    return out;
  };

  it('prints what files and assignments come to, which read back is the same', async () => {
    await writeFile(at('a.yaml'), 'synth: hpn\ntrainer:\n  steps: 7\n  seed: 3\n');
    await writeFile(at('b.yaml'), 'trainer: {steps: 9}\n');
    const told = await print('--config', at('a.yaml'), '--config', at('b.yaml'), 'trainer.seed=4');
    expect(told).toMatch(/^synth:\n {2}preset: hpn\n/m);
    expect(told).toMatch(/ {2}steps: 9\n {2}batchSize: 16\n {2}seed: 4\n/);
    await writeFile(at('c.yaml'), told);
    expect(await print('--config', at('c.yaml'))).toBe(told);
  });

  it('tells file, line and the nearest key', async () => {
    await writeFile(at('wrong.yaml'), 'trainer:\n  steps: 7\n  sead: 3\n');
    const { code, err } = await ddsp([
      'train',
      '--data',
      at(),
      '--out',
      at('y'),
      '--config',
      at('wrong.yaml'),
    ]);
    expect(err).toBe(`ddsp: ${at('wrong.yaml')}:3: trainer.sead: unknown key; did you mean trainer.seed?\n`);
    expect(code).toBe(2);
  });
});

describe('ddsp train, info, render', () => {
  const command = () => ['train', '--data', at(), '--out', at('run'), '--workers', '1'];

  it('train, are interrupted, go on, and play what was learned', async () => {
    await writeFile(at('long.yaml'), 'trainer:\n  steps: 100000\n  validateEvery: 3\n');
    const stopped = await ddsp([...command(), '--config', at('long.yaml'), ...SMALL], {
      interruptAt: 'step 3:',
    });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/refused letter.wav: it is text/);
    expect(stopped.err).toMatch(/1 recordings, 8 s: 8 slices kept/);
    const [, step] =
      stopped.err.match(/stopped at step (\d+); checkpoint saved.*ddsp train .*--resume/) ?? [];
    expect(Number(step)).toBeGreaterThanOrEqual(3);
    expect((await readdir(at('run'))).sort()).toEqual([
      'checkpoint.safetensors',
      'log.csv',
      'model.safetensors',
    ]);

    const again = await ddsp([...command(), ...SMALL]);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/holds a run already: add --resume/);

    const other = await ddsp([...command(), '--resume', 'model.decoder.hidden=9']);
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/checkpoint.safetensors: the checkpoint's decoder is .*start a new run/);

    const wanted = Number(step) + 4;
    const resumed = await ddsp([...command(), '--resume', `trainer.steps=${wanted}`]);
    expect(resumed.err).toMatch(/model.safetensors is ready/);
    expect(resumed.code).toBe(0);
    const log = (await readFile(at('run/log.csv'), 'utf8')).trimEnd().split('\n');
    expect(log[0]).toBe('step,training_loss,validation_loss,log_spectral_distance_db');
    const steps = log.slice(1).map((row) => Number.parseInt(row, 10));
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(log.at(-1)).toMatch(new RegExp(`^${wanted},[\\d.]+,[\\d.]+,[\\d.]+$`));

    const told = await ddsp(['info', at('run/model.safetensors')]);
    expect([told.code, told.err]).toEqual([0, '']);
    const { tensors, ...metadata } = readModel(await readFile(at('run/model.safetensors')));
    const report = JSON.parse(told.out);
    expect(report).toMatchObject(metadata);
    expect(report.about).toMatchObject({ name: 'run', authors: ['Ann', 'Bo'] });
    expect(report.tensors['estimator.gru.weight_hh_l0']).toEqual([24, 8]);
    expect(report.latencySeconds).toBeCloseTo((512 + 160) / 16_000);
    expect(Object.keys(tensors)).toEqual(Object.keys(report.tensors));

    const args = ['render', '--model', at('run/model.safetensors'), at('glide.wav'), at('out.wav')];
    const rendered = await ddsp([...args, '--pitch-shift', '-12', '--float']);
    expect(rendered.code).toBe(0);
    const { channels, sampleRate } = await decodeAudio(await readFile(at('out.wav')), 'out.wav');
    expect([channels[0].length, sampleRate]).toEqual([128_000, 16_000]);
    expect(channels[0].some((value) => value !== 0)).toBe(true);
  }, 120_000);

  it('end when the workers cannot hold a batch', async () => {
    const big = ['model.decoder.hidden=512', 'trainer.batchSize=4096'];
    const { code, err } = await ddsp([
      ...['train', '--data', at(), '--out', at('big'), '--workers', '1'],
      ...[...SMALL, ...big],
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /ddsp: a worker cannot be set up for 4096 examples .*choose a smaller trainer.batchSize/,
    );
  });

  it('stop before training when interrupted while reading', async () => {
    const { code, err } = await ddsp(
      ['train', '--data', at(), '--out', at('never'), ...SMALL, 'trainer.steps=5'],
      { interruptAt: 'reading' },
    );
    expect([code, err]).toEqual([130, expect.stringMatching(/stopped/)]);
  });
});

describe('errors are one line, with an exit code', () => {
  const cases: [name: string, args: () => string[], code: number, line: RegExp][] = [
    [
      'a missing input',
      () => ['analyse', at('no.wav'), '--out', at('x')],
      1,
      /no.wav: cannot be read: there is no/,
    ],
    [
      'a file that is no sound',
      () => ['analyse', at('letter.wav'), '--out', at('x')],
      1,
      /letter.wav: it is text/,
    ],
    [
      'an output that cannot be',
      () => ['analyse', at('glide.wav'), '--out', at('no/x')],
      1,
      /no\/x: cannot be written/,
    ],
    [
      'an unknown key',
      () => ['analyse', 'x', '--out', 'y', 'framerate=9'],
      2,
      /did you mean model.frameRate/,
    ],
    [
      'a value out of range',
      () => ['analyse', 'x', '--out', 'y', 'model.frameRate=9'],
      2,
      /model.frameRate: expected a number from 10 to 1000, found 9/,
    ],
    [
      'a missing file',
      () => ['config', '--config', at('no.yaml')],
      1,
      /no.yaml: cannot be read: there is no/,
    ],
    ['a model that is none', () => ['info', at('glide.wav')], 1, /glide.wav: not a model file/],
    ['a folder for a model', () => ['info', at()], 1, /it is a folder/],
    ['a missing option', () => ['train', '--data', at()], 2, /--out/],
    [
      'an option out of range',
      () => ['render', 'i', 'o', '--model', 'm', '--pitch-shift', '99'],
      2,
      /-24 to 24/,
    ],
    ['an unknown option', () => ['info', '--modl', 'x'], 2, /--modl/],
    ['an unknown command', () => ['trian'], 2, /trian.*train/],
    ['no data', () => ['train', '--data', at('none'), '--out', at('y')], 1, /none: there is no such folder/],
    [
      'nothing to resume',
      () => ['train', '--data', at(), '--out', at('y'), '--resume'],
      1,
      /y\/checkpoint.*no such/,
    ],
    [
      'a wrong preset',
      () => ['train', '--data', at(), '--out', at('y'), 'synth.preset=x'],
      2,
      /synth.preset.*hpnir/,
    ],
    [
      'a wrong size',
      () => ['train', '--data', at(), '--out', at('y'), 'loss.sizes=100'],
      2,
      /loss.sizes.*power of/,
    ],
    [
      'an empty range',
      () => ['train', '--data', at(), '--out', at('y'), 'data.pitchMin=3e3'],
      2,
      /pitchMin.*2000/,
    ],
    [
      'short slices',
      () => [
        'train',
        '--data',
        at(),
        '--out',
        at('y'),
        'model.sampleRate=16000',
        'model.analysis.pitchMax=1000',
        'data.sliceSeconds=0.1',
      ],
      2,
      /data.sliceSeconds.*0.128/,
    ],
    ['a wrong option', () => ['train', '--data', at(), '--out', at('y'), 'synth.bands=0'], 2, /bands/],
  ];

  it.each(cases)('%s', async (_name, args, code, line) => {
    const answer = await ddsp(args());
    expect(answer.err).toMatch(line);
    expect(answer.err).toMatch(/^ddsp: [^\n]*\n$/);
    expect(answer.code).toBe(code);
    expect(answer.out).toBe('');
  });

  it('show where they happened with DEBUG', async () => {
    const { err } = await ddsp(['info', at('none')], { env: { DEBUG: '1' } });
    expect(err).toMatch(/none: cannot be read.*\n.*StoreError/);
    expect(err).toMatch(/\n {4}at /);
  });

  it('help and version are no errors', async () => {
    const help = await ddsp(['--help']);
    expect(help.code).toBe(0);
    expect(help.out).toMatch(/train .*\n.*render .*\n.*analyse .*\n.*info/s);
    const version = await ddsp(['--version']);
    expect([version.code, version.out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});
