/** What commands must not overwrite, and what they must not take for recordings. */

import { cp, link, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMono } from '../../src/cli/audio';
import { readModel, writeModel } from '../../src/model/file';
import { renderNotes } from '../../src/play/notes/render-notes';
import { renderOffline } from '../../src/play/render';
import { audioFolder } from '../../src/train/data/folder';
import { randomModel, smallShape } from '../support/models';
import { SMALL, Workplace } from './ddsp';

let place: Workplace;
const at = (...parts: string[]) => place.at(...parts);

beforeAll(async () => {
  place = await Workplace.create('output');
  await writeFile(at('model.safetensors'), writeModel(randomModel(1, smallShape)));
  await writeFile(at('own.yaml'), 'trainer: { steps: 2, validateEvery: 2 }\n');
  await symlink(at('glide.wav'), at('symbolic.wav'));
  await link(at('glide.wav'), at('hard.wav'));
  await mkdir(at('recordings'));
  await cp(at('glide.wav'), at('recordings/glide.wav'));
});
afterAll(() => place.remove());

describe('an input is not overwritten', () => {
  const render = (input: string, output: string) => [
    ...['render', '--model', at('model.safetensors'), at(input), at(output)],
  ];
  const cases: [name: string, args: () => string[], input: string][] = [
    ['render, the same path', () => render('glide.wav', 'glide.wav'), 'glide.wav'],
    ['render, another spelling', () => render('glide.wav', './recordings/../glide.wav'), 'glide.wav'],
    ['render, a symbolic link as output', () => render('glide.wav', 'symbolic.wav'), 'glide.wav'],
    ['render, a symbolic link as input', () => render('symbolic.wav', 'glide.wav'), 'glide.wav'],
    ['render, a hard link', () => render('glide.wav', 'hard.wav'), 'glide.wav'],
    ['render, over the model', () => render('glide.wav', 'model.safetensors'), 'model.safetensors'],
    ['analyse', () => ['analyse', at('glide.wav'), '--out', at('hard.wav')], 'glide.wav'],
    [
      'analyse, over the configuration',
      () => ['analyse', at('glide.wav'), '--config', at('own.yaml'), '--out', at('own.yaml')],
      'own.yaml',
    ],
  ];

  it.each(cases)('%s', async (_name, args, input) => {
    const before = await readFile(at(input));
    const { code, err } = await place.ddsp(args());
    expect([code, err]).toEqual([2, expect.stringMatching(/^ddsp: .*would be overwritten; choose another/)]);
    expect(await readFile(at(input))).toEqual(before);
    expect((await stat(at('hard.wav'))).ino).toBe((await stat(at('glide.wav'))).ino);
  });
});

describe('render --frames-out', () => {
  const render = (...args: string[]) => place.ddsp(['render', '--model', at('model.safetensors'), ...args]);

  it('writes the frames that were played, which --frames plays again', async () => {
    const options = ['--float', '--pitch-shift', '5'];
    const first = await render(
      at('glide.wav'),
      at('played.wav'),
      ...options,
      '--frames-out',
      at('played.csv'),
    );
    expect([first.code, first.err]).toEqual([0, 'rendering ...\n']);
    const [header, ...rows] = (await readFile(at('played.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe('time_s,f0_hz,loudness_db,leaps');
    expect(rows).toHaveLength(800);
    const second = await render('--frames', at('played.csv'), at('again.wav'), ...options);
    expect([second.code, second.err]).toEqual([0, 'rendering ...\n']);
    const [played, again] = await Promise.all(
      ['played.wav', 'again.wav'].map((name) => readMono(at(name), 48_000)),
    );
    // in the last frame the recording's end is heard, too
    const count = played.length - 480;
    let [most, worst] = [0, 0];
    for (let n = 0; n < count; n++) {
      most = Math.max(most, Math.abs(played[n]));
      worst = Math.max(worst, Math.abs(played[n] - again[n]));
    }
    expect(most).toBeGreaterThan(0.01);
    expect(worst).toBeLessThan(1e-5);
  });

  it.each([
    [['--frames', 'glide.wav', '--frames-out', 'never.csv', 'never.wav'], /cannot be used with/],
    [['--notes', 'letter.wav', '--frames-out', 'never.csv', 'never.wav'], /cannot be used with/],
    [['--frames-out', 'glide.wav', 'glide.wav', 'never.wav'], /would be overwritten/],
    [['--frames-out', 'never.wav', 'glide.wav', 'never.wav'], /names the WAV file/],
  ])('says what is wrong: %j', async (args, message) => {
    const answer = await render(...args.map((arg) => (/[.]/.test(arg) ? at(arg) : arg)));
    expect(answer).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    expect((await readdir(at())).filter((name) => name.startsWith('never'))).toEqual([]);
  });
});

describe('render --notes', () => {
  const render = (...args: string[]) => place.ddsp(['render', '--model', at('model.safetensors'), ...args]);

  it('plays a MIDI file as renderNotes does, by its options', async () => {
    await cp('test/fixtures/midi/abc2midi.mid', at('song.mid'));
    const options = ['--channels', '1,3', '--voices', '2', '--mode', 'mono', '--detune', '50', '--float'];
    const { code, err } = await render('--notes', at('song.mid'), ...options, at('song.wav'));
    expect([code, err]).toEqual([0, 'rendering ...\n']);
    const [channels, voices, mode, detune] = [[1, 3], 2, 'mono', 50] as const;
    const file = await readFile('test/fixtures/midi/abc2midi.mid');
    const rendered = await renderNotes(readModel(await readFile(at('model.safetensors'))), file, {
      channels,
      voices,
      mode,
      detune,
    });
    const played = await readMono(at('song.wav'), 48_000);
    expect(played.length).toBe(rendered.length);
    // builds of the kernels differ in the last bits
    const worst = rendered.reduce((most, v, n) => Math.max(most, Math.abs(v - played[n])), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  it.each([
    [['--notes', 'letter.wav', 'never.wav'], 1, /letter.wav: this is not a MIDI file/],
    [['--notes', 'letter.wav', 'letter.wav'], 2, /would be overwritten/],
    [['--notes', 'letter.wav', '--frames', 'glide.wav', 'never.wav'], 2, /cannot be used with/],
    [['--channels', '1,17', '--notes', 'letter.wav', 'never.wav'], 2, /from 1 to 16/],
    [['--mode', 'mono', 'glide.wav', 'never.wav'], 2, /belong to --notes/],
  ])('says what is wrong: %j', async (args, code, message) => {
    const answer = await render(...args.map((arg) => (/[.]/.test(arg) ? at(arg) : arg)));
    expect(answer).toMatchObject({ code, err: expect.stringMatching(message) });
    expect(await readdir(at())).not.toContain('never.wav');
  });
});

describe('a model that plays nothing', () => {
  it('is refused by render and info, naming the file', async () => {
    const model = randomModel(1, smallShape);
    const bias = model.tensors['estimator.out.bias'].map(() => -1e4);
    const mute = { ...model, tensors: { ...model.tensors, 'estimator.out.bias': bias } };
    await writeFile(at('mute.safetensors'), writeModel(mute, { float16: false }));
    for (const args of [
      ['info', at('mute.safetensors')],
      ['render', '--model', at('mute.safetensors'), at('glide.wav'), at('never.wav')],
    ]) {
      const { code, out, err } = await place.ddsp(args);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^ddsp: \S*mute.safetensors: a note of \d+ Hz.* stays silent; the file is damaged/);
    }
    expect(await readdir(at())).not.toContain('never.wav');
    await expect(renderOffline(mute, new Float32Array(1000))).rejects.toMatchObject({ code: 'silent' });
  });
});

describe('runs and recordings', () => {
  const train = (data: string, out: string) =>
    place.ddsp([
      'train',
      '--data',
      at(data),
      '--out',
      at(out),
      '--workers',
      '1',
      ...SMALL,
      'trainer.steps=1',
    ]);

  it('do not share a folder', async () => {
    await symlink(at('recordings'), at('linked'));
    for (const out of ['recordings', 'linked']) {
      const { code, err } = await train('recordings', out);
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/--out: .* into the folder of the recordings.*choose another folder, e\.g\. /),
      ]);
      expect(await readdir(at('recordings'))).toEqual(['glide.wav']);
    }
    await mkdir(at('around'));
    await rename(at('recordings'), at('around/samples'));
    expect((await train('around/samples', 'around')).code).toBe(2);
    await rename(at('around/samples'), at('recordings'));
    const other = await writeFile(at('around/notes.txt'), '').then(() => mkdir(at('around/samples')));
    expect(other).toBeUndefined();
    await writeFile(at('around/samples/1.wav'), '');
    expect(await train('recordings', 'around')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/samples already contains files/),
    });
  });

  it('of two processes that start at once one trains, and the other says so', async () => {
    const both = await Promise.all([train('recordings', 'once'), train('recordings', 'once')]);
    const codes = both.map(({ code }) => code).sort();
    expect(codes).toEqual([0, 1]);
    const { err } = both.find(({ code }) => code === 1)!;
    expect(err).toMatch(/is training in it; wait for it|already contains/);
    expect(await readdir(at('once'))).not.toContain('run.lock');
    expect(await readdir(at('once'))).toContain('model.safetensors');
  }, 60_000);

  it('an export does not go into a run, or among the recordings', async () => {
    for (const out of ['once', 'once/samples', 'recordings']) {
      const before = await readdir(at(out));
      const { code, err } = await place.ddsp(['export', at('once'), '--out', at(out)]);
      expect([code, err]).toEqual([2, expect.stringMatching(/--out: .*; choose another --out/)]);
      expect(await readdir(at(out))).toEqual(before);
    }
  });

  it('whatever lies among the recordings, only they are used', async () => {
    await cp(at('once'), at('recordings/run'), { recursive: true });
    await place.ddsp(['export', at('once'), '--out', at('recordings/exported')]);
    // what an older release allowed
    await cp(at('once'), at('recordings'), { recursive: true });
    await cp(at('recordings/exported'), at('recordings'), { recursive: true });
    const { sources } = await audioFolder(at('recordings'));
    expect(sources.map(({ name }) => name)).toEqual(['glide.wav']);
  });

  it('a run whose folder disappears ends, and makes no half folder', async () => {
    const args = ['train', '--data', at('glide.wav'), '--out', at('lost'), '--workers', '1', ...SMALL];
    const gone = place.ddsp([...args, 'trainer.steps=100000', 'trainer.validateEvery=3'], {
      whenSeen: { sign: 'step 3\n', work: () => rename(at('lost'), at('elsewhere')) },
    });
    const { code, err } = await gone;
    expect([code, err]).toEqual([1, expect.stringMatching(/lost: the folder of the run was removed, moved/)]);
    expect(await readdir(at())).not.toContain('lost');
    await rm(at('elsewhere'), { recursive: true });
  }, 60_000);
});
