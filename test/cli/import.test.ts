/** `ddsp import` and `ddsp export --format ckpt` and `onnx`: models come, play, and leave. */

import { spawnSync } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import { readModel } from '../../src/model/file';
import { foreignFile } from '../support/foreign';
import { Workplace } from './ddsp';

let place: Workplace;
const at = (name: string) => place.at(name);
const ddsp = (...args: string[]) => place.ddsp(args);

beforeAll(async () => {
  place = await Workplace.create('import');
  await writeFile(at('flute.ckpt'), foreignFile('realtime-ddsp/pl164-hpnir-h32.ckpt'));
  await writeFile(at('text.ckpt'), foreignFile('hostile/text.ckpt'));
});
afterAll(() => place.remove());

describe('ddsp import', () => {
  it('finds in the published bundle what it loads late', async () => {
    await writeFile(at('state.pth'), foreignFile('ddsp-pytorch/h24-16k.state.pth'));
    for (const file of ['flute.ckpt', 'state.pth', 'text.ckpt']) {
      const args = ['dist/cli.js', 'import', at(file), '--out', at('published.safetensors')];
      const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect(stderr).toMatch(file === 'text.ckpt' ? /a web page/ : /published\.safetensors: .*Hz/);
    }
  });

  it('writes a model file that plays, and its card', async () => {
    const { code, err } = await ddsp(
      ...['import', at('flute.ckpt'), '--out', at('flute.safetensors')],
      ...['name=Flute', 'licence=CC0', 'authors=Ann, Bo', 'statistics.f0=200,300,600'],
    );
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/flute\.safetensors: Flute, 16000 Hz, 50 frames a second/),
    ]);
    const bytes = await readFile(at('flute.safetensors'));
    const model = readModel(bytes);
    expect(model.about).toMatchObject({
      name: 'Flute',
      licence: 'CC0',
      authors: ['Ann', 'Bo'],
      description: expect.stringMatching(
        /^Imported from a checkpoint of realtimeDDSP \(PyTorch Lightning 1\.6\.4, step \d+\)/,
      ),
    });
    expect(model.statistics.f0).toEqual([200, 300, 600]);
    const card = await readFile(at('flute.md'), 'utf8');
    expect(card).toMatch(/^# Flute\n\nImported from a checkpoint of realtimeDDSP/);
    // no path of the maker's disk travels
    for (const text of [card, bytes.toString('latin1')])
      expect(text).not.toMatch(/\/home|\/data\/|recordings/);
    const played = await ddsp(
      'render',
      '--model',
      at('flute.safetensors'),
      at('glide.wav'),
      at('played.wav'),
    );
    expect(played.code).toBe(0);
  });

  it('takes the name of the file where the file holds none, and says what was estimated', async () => {
    await writeFile(at('viola.nm'), foreignFile('realtime-ddsp/export-hpnir-h32.nm.gz'));
    const { code, err } = await ddsp('import', at('viola.nm'), '--out', at('viola.safetensors'));
    expect(code).toBe(0);
    expect(err).toMatch(/is an estimate from its decoder/);
    expect(err).toMatch(/names no licence/);
  });

  it.each([
    [['import', 'text.ckpt', '--out', 'x.safetensors'], 1, /text\.ckpt: the file is a web page/],
    [['import', 'flute.ckpt', '--out', 'flute.ckpt'], 2, /would be overwritten/],
    [['import', 'flute.ckpt', '--out', 'x.safetensors', 'colour=red'], 2, /one of the keys name, /],
    [['import', 'flute.ckpt', '--out', 'x.safetensors', 'window=oval'], 2, /window: expected a number/],
    [['import', 'flute.ckpt', '--out', 'x.safetensors', 'window=9'], 2, /window: expected a number from 64/],
    [['import', 'flute.ckpt', '--out', 'x.safetensors', 'statistics.f0=3,2,1'], 2, /three ascending numbers/],
  ] as [string[], number, RegExp][])('%j is refused', async (args, exit, message) => {
    const { code, err } = await ddsp(
      ...args.map((arg) => (/^\w+\.(ckpt|safetensors)$/.test(arg) ? at(arg) : arg)),
    );
    expect([code, err]).toEqual([exit, expect.stringMatching(message)]);
  });
});

describe('ddsp export --format ckpt', () => {
  it('writes a checkpoint that imports to the same model', async () => {
    const model = ['import', at('flute.ckpt'), '--out', at('one.safetensors'), 'name=One'];
    expect((await ddsp(...model)).code).toBe(0);
    const { code, err } = await ddsp(
      'export',
      at('one.safetensors'),
      '--format',
      'ckpt',
      '--out',
      at('one.ckpt'),
    );
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/one\.ckpt: a checkpoint of realtimeDDSP.*\n.*16000 Hz/),
    ]);
    expect((await ddsp('import', at('one.ckpt'), '--out', at('two.safetensors'))).code).toBe(0);
    expect(Buffer.compare(await readFile(at('two.safetensors')), await readFile(at('one.safetensors')))).toBe(
      0,
    );
  });

  it('refuses a model that realtimeDDSP cannot represent', async () => {
    const { code, err } = await ddsp(
      'export',
      'models/violin.safetensors',
      '--format',
      'ckpt',
      '--out',
      at('v.ckpt'),
    );
    expect([code, err]).toEqual([1, expect.stringMatching(/violin\.safetensors: decoder\.inputScale/)]);
  });
});

describe('ddsp export --format onnx', () => {
  it('writes a decoder and the model that names it, which render as the model did', async () => {
    const target = at('violin.onnx');
    const exported = await ddsp('export', 'models/violin.safetensors', '--format', 'onnx', '--out', target);
    expect([exported.code, exported.err]).toEqual([
      0,
      expect.stringMatching(
        /violin\.onnx: the decoder; .*violin\.onnx\.safetensors: the model that plays with it/,
      ),
    ]);
    const wavs: Float32Array[] = [];
    for (const model of ['models/violin.safetensors', `${target}.safetensors`]) {
      expect(
        (await ddsp('render', '--model', model, at('glide.wav'), at('played.wav'), '--float')).code,
      ).toBe(0);
      wavs.push((await decodeAudio(await readFile(at('played.wav')), 'played.wav')).channels[0]);
    }
    expect(wavs[1].length).toBe(wavs[0].length);
    expect(wavs[0].every((sample, i) => Math.abs(sample - wavs[1][i]) < 1e-5)).toBe(true);
    expect(wavs[1].some((sample) => Math.abs(sample) > 0.01)).toBe(true);
  });

  it('says which file a model misses', async () => {
    await rename(at('violin.onnx'), at('viola.onnx'));
    const model = at('violin.onnx.safetensors');
    const { code, err } = await ddsp('render', '--model', model, at('glide.wav'), at('played.wav'));
    expect([code, err]).toEqual([1, expect.stringMatching(/violin\.onnx: cannot be read/)]);
  });
});
