import { describe, expect, it } from 'vitest';
import { registerInput } from '../../src/decoder/inputs';
import { ModelError, type ModelErrorCode } from '../../src/model/errors';
import { FILE_LIMIT } from '../../src/model/format';
import type { Model } from '../../src/model/model';
import { parseModel } from '../../src/model/read';
import { modelTensors } from '../../src/model/tensors';
import { serialiseModel } from '../../src/model/write';
import { hpn } from '../../src/synth/presets';
import { randomiser } from '../support/kernels';
import { exampleModel, expected, withHeader, withSection, withTensor } from './example';

const model = exampleModel();
const full = serialiseModel(model, expected, { float16: false });
const half = serialiseModel(model, expected);

function refusal(action: () => unknown): ModelError {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

function expectRefusal(file: Uint8Array, code: ModelErrorCode, ...words: string[]): void {
  const error = refusal(() => parseModel(file, expected));
  expect(error.code, error.message).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
}

describe('a model file', () => {
  it('returns the same model in float32', () => {
    expect(parseModel(full, expected)).toEqual(model);
    expect(parseModel(full.buffer, expected)).toEqual(model);
  });

  it('returns tensors to 11 bits in float16', () => {
    const { tensors, ...rest } = parseModel(half, expected);
    const { tensors: original, ...metadata } = model;
    expect(rest).toEqual(metadata);
    for (const [name, values] of Object.entries(original)) {
      values.forEach((value, i) => {
        expect(Math.abs(tensors[name][i] - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
      });
    }
    expect(half.length).toBeLessThan(full.length);
  });

  it('is read at an odd address of a larger buffer', () => {
    const buffer = new Uint8Array(full.length + 7);
    buffer.set(full, 3);
    expect(parseModel(buffer.subarray(3, 3 + full.length), expected)).toEqual(model);
    expect(parseModel(Buffer.from(buffer).subarray(3, 3 + full.length), expected)).toEqual(model);
  });

  it('starts its data at a multiple of 8 and leaves no hole between tensors', () => {
    const headerLength = Number(new DataView(full.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(full.subarray(8, 8 + headerLength)));
    const { __metadata__: metadata, ...tensors } = header;
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
    let position = 0;
    for (const { data_offsets } of Object.values<{ data_offsets: number[] }>(tensors)) {
      expect(data_offsets[0]).toBe(position);
      position = data_offsets[1];
    }
    expect(position).toBe(full.length - 8 - headerLength);
  });
});

describe('versions of model files', () => {
  const versionOf = (file: Uint8Array): { version: string; decoder: { inputs?: string[] } } => {
    const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
    const { __metadata__: metadata } = JSON.parse(
      new TextDecoder().decode(file.subarray(8, 8 + headerLength)),
    );
    return { version: metadata.version, decoder: JSON.parse(metadata.decoder) };
  };
  const { inputs: _, ...unnamed } = model.decoder;

  it('version 2 names the inputs of the decoder, also of a model that does not', () => {
    for (const decoder of [model.decoder, unnamed]) {
      const file = serialiseModel({ ...model, decoder }, expected, { float16: false });
      expect(versionOf(file)).toMatchObject({ version: '2', decoder: { inputs: ['f0', 'loudness'] } });
      expect(parseModel(file, expected)).toEqual(model);
    }
  });

  it('version 1 is read: its decoder has the inputs f0 and loudness', () => {
    const old = withHeader(
      withSection(full, 'decoder', () => unnamed),
      (header) => {
        header.__metadata__.version = '1';
      },
    );
    expect(parseModel(old, expected)).toEqual({ ...model, decoder: unnamed });
    expect(
      modelTensors({ ...parseModel(old, expected), synth: hpn({ harmonics: 3, bands: 5 }) }).get(
        'estimator.mlp_0.linear.0.0.weight',
      ),
    ).toEqual([4, 2]);
    // written again, it is version 2
    expect(versionOf(serialiseModel(parseModel(old, expected), expected)).version).toBe('2');
  });

  it('a registered third input comes back', () => {
    registerInput('brightness', {
      unit: 'octaves',
      meaning: 'how high the spectrum reaches',
      default: 0,
      scale: (value) => value / 4,
    });
    const decoder = { ...model.decoder, inputs: ['f0', 'loudness', 'brightness'] };
    const file = serialiseModel({ ...model, decoder }, expected, { float16: false });
    expect(parseModel(file, expected)).toEqual({ ...model, decoder });
    expect(modelTensors({ ...model, decoder, synth: hpn({ harmonics: 3, bands: 5 }) })).toEqual(
      new Map([
        ...modelTensors({ ...model, synth: hpn({ harmonics: 3, bands: 5 }) }),
        ['estimator.mlp_0.linear.0.0.weight', [4, 3]],
      ]),
    );
  });
});

describe('reading refuses', () => {
  it('a file cut at any byte', () => {
    for (const file of [full, half]) {
      for (let length = 0; length < file.length; length++) {
        expectRefusal(file.subarray(0, length), 'truncated', 'ends');
      }
    }
  });

  it('bytes after the end, a huge header, a huge file', () => {
    const longer = new Uint8Array(full.length + 1);
    longer.set(full);
    expectRefusal(longer, 'too-large', '1 bytes too many', 'ir');
    const absurd = full.slice();
    new DataView(absurd.buffer).setBigUint64(0, 2n ** 60n, true);
    expectRefusal(absurd, 'too-large', 'header');
    expectRefusal(new Uint8Array(FILE_LIMIT + 1), 'too-large', String(FILE_LIMIT));
  });

  it('what is no model, saying what it is where it can', () => {
    const text = (content: string) => new TextEncoder().encode(content);
    expectRefusal(text('<!DOCTYPE html><html></html>'), 'not-a-model', 'web page');
    expectRefusal(text('version https://git-lfs.github.com/spec/v1\noid sha256:0'), 'not-a-model', 'git lfs');
    expectRefusal(new Uint8Array(1000), 'not-a-model', 'safetensors');
    expectRefusal(
      withHeader(full, ({ __metadata__, ...rest }) => rest),
      'not-a-model',
      'format',
    );
    expectRefusal(
      withHeader(full, (h) => {
        h.__metadata__.format = 'pt';
      }),
      'not-a-model',
      '"pt"',
    );
    expectRefusal(
      withHeader(full, () => []),
      'not-a-model',
    );
    const broken = full.slice();
    broken[9] = 0xff;
    expectRefusal(broken, 'not-a-model', 'JSON');
  });

  it('another version', () => {
    expectRefusal(
      withHeader(full, (h) => {
        h.__metadata__.version = '3';
      }),
      'version',
      '"3"',
      'versions 1 and 2',
      'update the library',
    );
  });

  it('entries that disagree with each other, with their shapes or with the file', () => {
    type Entry = { dtype: string; shape: unknown; data_offsets: unknown };
    const withEntry = (name: string, change: (entry: Entry) => unknown) =>
      withHeader(full, (header) => {
        change(header[name] as Entry);
      });
    const cases: [string, (entry: Entry) => unknown, ModelErrorCode, string][] = [
      ['ir', (e) => Object.assign(e, { data_offsets: [56, 76] }), 'offsets', 'overlaps estimator.out.bias'],
      ['ir', (e) => Object.assign(e, { data_offsets: [64, 84] }), 'offsets', '4 bytes before tensor ir'],
      ['ir', (e) => Object.assign(e, { shape: [6], data_offsets: [60, 84] }), 'truncated', 'ir'],
      ['ir', (e) => Object.assign(e, { data_offsets: [60, 76] }), 'offsets', 'takes 20 bytes'],
      ['ir', (e) => Object.assign(e, { data_offsets: [80, 60] }), 'offsets', 'takes 20 bytes'],
      ['ir', (e) => Object.assign(e, { data_offsets: [-4, 16] }), 'offsets', 'ir'],
      ['ir', (e) => Object.assign(e, { data_offsets: 'all' }), 'offsets', '"all"'],
      ['ir', (e) => Object.assign(e, { dtype: 'F64' }), 'dtype', '"F64", expected F32 or F16'],
      ['ir', (e) => Object.assign(e, { shape: [5, 1] }), 'shape', '[5,1], expected [5]'],
      ['ir', (e) => Object.assign(e, { shape: [0] }), 'shape', 'ir'],
      ['ir', (e) => Object.assign(e, { shape: null }), 'shape', 'ir'],
      ['estimator.out.weight', (e) => Object.assign(e, { shape: [4, 3] }), 'shape', 'expected [3,4]'],
    ];
    for (const [name, change, code, word] of cases) expectRefusal(withEntry(name, change), code, word);
    expectRefusal(
      withHeader(full, (h) => {
        h.ir = 1;
      }),
      'not-a-model',
      'ir',
    );
  });

  it('two tensors of one name', () => {
    const bias = '"estimator.out.bias"';
    const text = Buffer.from(full)
      .toString('latin1')
      .replace(bias, `"ir"${' '.repeat(bias.length - 4)}`);
    expectRefusal(
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      'offsets',
      'belong to no tensor',
    );
  });

  it('tensors missing and tensors unknown', () => {
    const renamed = withHeader(full, (h) => {
      h['estimator.out.offset'] = h['estimator.out.bias'];
      delete h['estimator.out.bias'];
    });
    expectRefusal(renamed, 'missing-tensor', 'estimator.out.bias', '[3]');
    for (const name of ['ir2', '__proto__', 'toString']) {
      expectRefusal(withTensor(full, name), 'unknown-tensor', name);
    }
  });

  it('numbers that are none', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const bad = full.slice();
      new DataView(bad.buffer).setFloat32(bad.length - 4, value, true);
      expectRefusal(bad, 'value', 'ir', 'value 4', String(value));
    }
    const bad = half.slice();
    new DataView(bad.buffer).setUint16(bad.length - 10, 0x7e00, true);
    expectRefusal(bad, 'value', 'ir', 'value 0', 'NaN');
  });

  it('metadata missing, malformed or unknown', () => {
    expectRefusal(
      withHeader(full, (h) => {
        delete (h.__metadata__ as Record<string, string>).decoder;
      }),
      'metadata',
      'decoder is missing',
    );
    expectRefusal(
      withHeader(full, (h) => {
        h.__metadata__.decoder = '{';
      }),
      'metadata',
      'decoder is not JSON',
    );
    expectRefusal(
      withSection(full, 'decoder', (s) => Object.assign(s, { layers: 4 })),
      'metadata',
      'decoder.layers',
    );
  });

  it('metadata out of range, naming the field', () => {
    const cases: [section: string, value: unknown, field: string][] = [
      ['sample_rate', 7999, 'sampleRate'],
      ['sample_rate', 192_001, 'sampleRate'],
      ['sample_rate', 44_100.5, 'sampleRate'],
      ['sample_rate', '48000', 'sampleRate'],
      ['frame_rate', 9.9, 'frameRate'],
      ['frame_rate', 1001, 'frameRate'],
      ['analysis', { window: 2047 }, 'analysis.window'],
      ['analysis', { window: 62 }, 'analysis.window'],
      ['analysis', { window: 16_386 }, 'analysis.window'],
      ['analysis', { pitchMin: 2000 }, 'analysis.pitchMin'],
      ['analysis', { pitchMin: 0 }, 'analysis.pitchMin'],
      ['analysis', { pitchMin: 20 }, 'analysis.pitchMin'],
      ['analysis', { pitchMax: 24_001 }, 'analysis.pitchMax'],
      ['analysis', { threshold: 0 }, 'analysis.threshold'],
      ['analysis', { threshold: 1.1 }, 'analysis.threshold'],
      ['decoder', { hidden: 0 }, 'decoder.hidden'],
      ['decoder', { hidden: 4097 }, 'decoder.hidden'],
      ['decoder', { hidden: null }, 'decoder.hidden'],
      ['decoder', { inputScale: 'mel' }, 'decoder.inputScale'],
      ['decoder', { inputs: 'f0' }, 'decoder.inputs'],
      ['decoder', { inputs: [] }, 'decoder.inputs'],
      ['decoder', { inputs: ['f0'] }, 'decoder.inputs'],
      ['decoder', { inputs: ['loudness', 'f0'] }, 'decoder.inputs'],
      ['decoder', { inputs: ['f0', 'loudness', 'weather'] }, 'decoder.inputs'],
      ['decoder', { inputs: ['f0', 'loudness', 'toString'] }, 'decoder.inputs'],
      ['decoder', { inputs: ['f0', 'loudness', 'loudness'] }, 'decoder.inputs'],
      ['decoder', { inputs: ['f0', 'loudness', 3] }, 'decoder.inputs'],
      ['statistics', { f0: [300, 200, 400] }, 'statistics.f0'],
      ['statistics', { f0: [300, 400] }, 'statistics.f0'],
      ['statistics', { f0: [300, 400, 24_001] }, 'statistics.f0'],
      ['statistics', { loudness: [-81, -20, 0] }, 'statistics.loudness'],
      ['about', { name: '' }, 'about.name'],
      ['about', { authors: 'me' }, 'about.authors'],
      ['about', { authors: [1] }, 'about.authors.0'],
      ['synth', { processors: [] }, 'synth.processors'],
      ['synth', { processors: [{ name: 'a b', type: 'Add' }] }, 'synth.processors.0.name'],
      ['synth', { processors: [{ name: 'a' }] }, 'synth.processors.0.type'],
      ['synth', { processors: [{ name: 'a', type: 'A', options: { x: 'y' } }] }, 'options.x'],
    ];
    for (const [section, value, field] of cases) {
      const changed = withSection(full, section, (old) =>
        typeof value === 'object' ? { ...(old as object), ...value } : value,
      );
      expectRefusal(changed, 'metadata', field);
    }
  });

  it('a graph that cannot run', () => {
    const graph = (...processors: unknown[]) => withSection(full, 'synth', () => ({ processors }));
    const a = { name: 'a', type: 'A' };
    expectRefusal(graph({ name: 'b', type: 'B', inputs: { in: 'a' } }, a), 'graph', 'input in of b');
    expectRefusal(graph({ ...a, inputs: { in: 'a' } }), 'graph', 'fed by a');
    expectRefusal(graph(a, a), 'graph', 'called a');
  });

  it('thousands of damaged files, or reads them, and nothing else happens', () => {
    const random = randomiser(2024);
    const pick = (count: number) => Math.floor(random() * count);
    const codes = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const damaged = (round % 2 ? full : half).slice();
      for (let flips = 1 + pick(4); flips > 0; flips--) {
        // half of the damage falls on the header's first bytes and structure
        const at = random() < 0.5 ? pick(damaged.length) : pick(64);
        damaged[at] = random() < 0.5 ? damaged[at] ^ (1 << pick(8)) : pick(256);
      }
      const cut = random() < 0.2 ? damaged.subarray(0, pick(damaged.length)) : damaged;
      let code = 'read';
      try {
        const read = parseModel(cut, expected);
        expect(() => serialiseModel(read, expected, { float16: false })).not.toThrow();
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        code = error.code;
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(codes.size).toBeGreaterThan(6);
  });
});

describe('writing refuses', () => {
  const write = (changes: Partial<Model>, float16 = false) =>
    refusal(() => serialiseModel(exampleModel(changes), expected, { float16 }));
  const tensors = exampleModel().tensors;

  it('tensors missing, unknown, or of another size', () => {
    const { ir, ...rest } = tensors;
    expect(write({ tensors: rest })).toMatchObject({ code: 'missing-tensor', message: /ir/ });
    expect(write({ tensors: { ...tensors, more: ir } })).toMatchObject({ code: 'unknown-tensor' });
    expect(write({ tensors: { ...tensors, ir: ir.subarray(1) } })).toMatchObject({ code: 'shape' });
  });

  it('values a reader would refuse, naming the tensor', () => {
    const holding = (value: number) => ({ tensors: { ...tensors, ir: Float32Array.of(0, 0, 0, value, 0) } });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1e6]) {
      const { code, message } = write(holding(value));
      expect(code).toBe('value');
      expect(message).toMatch(`tensor ir: value 3 is ${value}`);
    }
    const error = write(holding(70_000), true);
    expect(error.code).toBe('value');
    expect(error.message).toMatch(/ir.*70000.*float16/);
    expect(() => serialiseModel(exampleModel(holding(70_000)), expected, { float16: false })).not.toThrow();
  });

  it('metadata a reader would refuse', () => {
    expect(write({ sampleRate: 1 })).toMatchObject({ code: 'metadata' });
    expect(write({ about: { name: '' } })).toMatchObject({ code: 'metadata' });
    const decoder = { ...model.decoder, inputs: ['f0', 'loudness', 'weather'] };
    expect(write({ decoder })).toMatchObject({ code: 'metadata', message: /decoder\.inputs/ });
  });
});
