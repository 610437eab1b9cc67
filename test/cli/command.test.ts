import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pitchOnnx } from '../support/onnx';
import { type RunOptions, SMALL, Workplace } from './ddsp';

let place: Workplace;
const at = (...parts: string[]) => place.at(...parts);
const ddsp = (args: readonly string[], options?: RunOptions) => place.ddsp(args, options);

beforeAll(async () => {
  place = await Workplace.create('command');
});
afterAll(() => place.remove());

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

describe('ddsp analyse --pitch', () => {
  const analyse = async (pitch: string) => {
    const ran = await ddsp([
      'analyse',
      at('glide.wav'),
      '--out',
      at('p.csv'),
      '--pitch',
      pitch,
      ...SMALL.slice(0, 3),
    ]);
    if (ran.code !== 0) return { ...ran, f0: [] };
    const rows = (await readFile(at('p.csv'), 'utf8')).trimEnd().split('\n').slice(1);
    return { ...ran, f0: rows.map((row) => Number(row.split(',')[1])) };
  };
  const error = (f0: readonly number[]) =>
    Math.max(...f0.slice(10, 790).map((hz, i) => Math.abs(hz - (200 + 20 * ((i + 10.5) / 100)))));

  it('follows the path, or a network', async () => {
    await writeFile(at('own.onnx'), pitchOnnx());
    for (const pitch of ['yin', 'viterbi', `neural:${at('own.onnx')}`]) {
      const { code, err, f0 } = await analyse(pitch);
      expect([pitch, code, err]).toEqual([pitch, 0, 'analysing ...\n']);
      expect(error(f0)).toBeLessThan(2);
    }
  });

  it('says what is wrong with a tracker or a network', async () => {
    await writeFile(at('text.onnx'), 'no network');
    expect(await analyse('crepe')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Expected yin, viterbi or neural:FILE/),
    });
    const { code, err } = await analyse(`neural:${at('text.onnx')}`);
    expect(code).toBe(1);
    expect(err).toMatch(/^ddsp: .*text\.onnx: it cannot be read as an ONNX model .*\[n, 1024\].*\n$/);
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
    ['a missing option', () => ['train', '--data', at()], 2, /--out is missing/],
    ['data that is not told', () => ['train', '--out', at('y')], 2, /--data is missing/],
    [
      'a run and another',
      () => ['train', '--resume', at('y'), '--out', at('z')],
      2,
      /--out cannot be combined with --resume/,
    ],
    [
      'a run and weights',
      () => ['train', '--resume', at('y'), '--from', at('z')],
      2,
      /--from cannot be combined with --resume/,
    ],
    ['a checkpoint that is none', () => ['export', at('glide.wav')], 1, /glide.wav: not a checkpoint/],
    ['a checkpoint that is not there', () => ['export', at('no.ckpt')], 1, /no.ckpt: cannot be read/],
    ['a run without checkpoints', () => ['export', at()], 1, /contains no checkpoint/],
    [
      'weights that are none',
      () => ['train', '--data', at(), '--out', at('y'), '--from', at('glide.wav')],
      1,
      /glide.wav: not a model file/,
    ],
    [
      'an option out of range',
      () => ['render', 'i', 'o', '--model', 'm', '--pitch-shift', '99'],
      2,
      /-24 to 24/,
    ],
    [
      'a register that is none',
      () => ['render', 'i', 'o', '--model', 'm', '--register', '0.5'],
      2,
      /--register.*auto, off or a whole number from -4 to 4/,
    ],
    [
      'a gate that is none',
      () => ['render', 'i', 'o', '--model', 'm', '--gate', '-90'],
      2,
      /--gate.*auto, off or a number from -80 to 100/,
    ],
    [
      'a level that is none',
      () => ['render', 'i', 'o', '--model', 'm', '--level', 'loud'],
      2,
      /--level.*auto, off or a number from -30 to 60/,
    ],
    ['an unknown option', () => ['info', '--modl', 'x'], 2, /--modl/],
    ['an unknown command', () => ['trian'], 2, /trian.*train/],
    ['no data', () => ['train', '--data', at('none'), '--out', at('y')], 1, /none: there is no such folder/],
    [
      'nothing to resume',
      () => ['train', '--resume', at('y')],
      1,
      /y: there is no run to resume: run.json is missing/,
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
    expect(err).toMatch(/none: cannot be read.*\n.*FileError/);
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
