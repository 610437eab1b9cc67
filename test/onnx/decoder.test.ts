/** Decoders in files of their own: what is exported plays as it did, and what does not fit is refused. */

import { readFileSync } from 'node:fs';
import { PbfWriter } from 'pbf';
import { expect, it } from 'vitest';
import { exportDecoder, withNetwork } from '../../src/model/export/onnx/decoder';
import { type OnnxGraph, writeOnnx } from '../../src/model/export/onnx/file';
import { readModel, writeModel } from '../../src/model/file';
import type { Model } from '../../src/model/model';
import { OnnxDecoder } from '../../src/onnx/decoder';
import { renderNotes } from '../../src/play/notes/render-notes';
import { renderFrames, renderOffline } from '../../src/play/render';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

const FILE = 'own.onnx';
const model = randomModel(3);
const named = withNetwork(model, FILE);
const { hidden } = model.decoder;
const CONTROLS = 1 + smallShape.harmonics + smallShape.bands;

/** The model with its decoder in an ONNX file. */
async function moved(whole: Model) {
  const named = readModel(writeModel(withNetwork(whole, FILE), { float16: false }));
  return { named, decoder: await OnnxDecoder.load(named, { bytes: exportDecoder(whole) }) };
}

function expectEqual(played: Float32Array, expected: Float32Array): void {
  const loudest = expected.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const worst = expected.reduce((most, sample, i) => Math.max(most, Math.abs(sample - played[i])), 0);
  expect(loudest).toBeGreaterThan(0.01);
  expect(played.length).toBe(expected.length);
  expect(worst).toBeLessThan(1e-5);
}

it.each(['violin', 'saxophone', 'cello'])('%s plays through its exported decoder to 1e-5', async (name) => {
  const whole = readModel(readFileSync(`models/${name}.safetensors`));
  const { named, decoder } = await moved(whole);
  const audio = phrase(2, whole.sampleRate, 4);
  expectEqual(await renderOffline(named, audio, { decoder }), await renderOffline(whole, audio));
  await decoder.close();
});

it.each([
  { stacks: 'separate', skip: 'inputs', slope: 0.01, epsilon: 1e-5 },
  { stacks: 'separate', skip: 'stacks', slope: 0, epsilon: 1e-3 },
  { stacks: 'joint', skip: 'none', slope: 0.2, epsilon: 1e-5 },
] as const)('exports the architecture %o', async (architecture) => {
  const config = configOf(smallShape);
  const whole = randomModelOf({ ...config, decoder: { ...config.decoder, architecture } }, 5);
  const { named, decoder } = await moved(whole);
  const frames = Array.from({ length: 150 }, (_, i) => i);
  const track = { f0: frames.map((i) => 300 + i), loudness: frames.map((i) => -20 - (i % 30)) };
  expectEqual(await renderFrames(named, track, { decoder }), await renderFrames(whole, track));
});

it('plays notes: each voice has a state of its own, and begins each note anew', async () => {
  const { named, decoder } = await moved(model);
  const notes = [60, 64, 67, 62, 65].map((note, i) => ({ note, time: 0.13 * i, duration: 0.2 }));
  const shares: number[] = [];
  const onProgress = (share: number) => shares.push(share);
  const options = { voices: 2, seed: 4 };
  expectEqual(
    await renderNotes(named, notes, { ...options, decoder, onProgress }),
    await renderNotes(model, notes, options),
  );
  expect(shares).toEqual(shares.toSorted());
  expect(shares.at(-1)).toBe(1);
});

it('a model names its network, holds no tensors of it, and plays only with it', async () => {
  const { tensors, decoder } = readModel(writeModel(named));
  expect(decoder.network).toBe(FILE);
  expect(Object.keys(tensors)).toEqual(['ir']);
  const audio = phrase(1, 48_000, 1);
  await expect(renderOffline(named, audio)).rejects.toThrow(
    /network own\.onnx, which is not given.*OnnxDecoder/,
  );
  const own = await OnnxDecoder.load(named, { bytes: exportDecoder(model) });
  await expect(renderOffline(model, audio, { decoder: own })).rejects.toThrow(/decoder of its own/);
  await expect(OnnxDecoder.load(model, { bytes: exportDecoder(model) })).rejects.toThrow(/names no network/);
  await expect(renderOffline(named, audio, { decoder: own, morphTo: model })).rejects.toThrow(
    /morphTo: .*does not morph/,
  );
  await expect(renderOffline(model, audio, { morphTo: named })).rejects.toThrow(
    /own\.onnx, which is not given/,
  );
  expect(() => exportDecoder(named)).toThrow(/own\.onnx already/);
  for (const name of ['../own.onnx', '/own.onnx', 'http://x/own.onnx', 'own', ''])
    expect(() => writeModel(withNetwork(model, name))).toThrow(/decoder\.network: .*without folders/);
});

it('stops when it is told to', async () => {
  const { named, decoder } = await moved(model);
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('enough'));
  const audio = phrase(1, 48_000, 1);
  await expect(renderOffline(named, audio, { decoder, onProgress, signal: stop.signal })).rejects.toThrow(
    'enough',
  );
});

/** A network that answers zeros, with one thing changed. */
function network(changes: Partial<OnnxGraph> = {}): Uint8Array {
  const zeros = (size: number) => ({ shape: [1, size], values: new Float32Array(size) });
  return writeOnnx({
    name: 'test',
    tensors: [
      { name: 'a', ...zeros(CONTROLS) },
      { name: 'b', ...zeros(hidden) },
    ],
    nodes: [
      { type: 'Identity', inputs: ['a'], outputs: ['controls'] },
      { type: 'Add', inputs: ['state', 'b'], outputs: ['next_state'] },
    ],
    inputs: [
      { name: 'features', shape: [1, 2] },
      { name: 'state', shape: [1, hidden] },
    ],
    outputs: [
      { name: 'controls', shape: [1, CONTROLS] },
      { name: 'next_state', shape: [1, hidden] },
    ],
    ...changes,
  });
}

it.each([
  ['no ONNX', new TextEncoder().encode('hello'), /own\.onnx: it cannot be run/],
  ['nothing', new Uint8Array(), /own\.onnx: it cannot be run/],
  ['half a file', exportDecoder(model).subarray(0, 4000), /own\.onnx: it cannot be run/],
  ['a huge file', new Uint8Array(64 * 2 ** 20 + 1), /has 67108865 bytes, at most 67108864/],
  [
    'other inputs',
    network({
      inputs: [
        { name: 'f0', shape: [1, 2] },
        { name: 'state', shape: [1, hidden] },
      ],
    }),
    /has no input features \(it has: f0, state\)/,
  ],
  [
    'a further input',
    network({
      inputs: [
        { name: 'features', shape: [1, 2] },
        { name: 'state', shape: [1, hidden] },
        { name: 'style', shape: [1, 3] },
      ],
    }),
    /has 3 inputs \(features, state, style\), expected 2/,
  ],
  [
    'features of another shape',
    network({
      inputs: [
        { name: 'features', shape: [1, 3] },
        { name: 'state', shape: [1, hidden] },
      ],
    }),
    /input features of shape \[1,3\], expected \[1,2\]/,
  ],
  [
    'no next state',
    network({ outputs: [{ name: 'controls', shape: [1, CONTROLS] }] }),
    /has no output next_state \(it has: controls\)/,
  ],
  [
    'an operator that does not exist',
    network({
      nodes: [
        { type: 'Bless', inputs: ['a'], outputs: ['controls'] },
        { type: 'Add', inputs: ['state', 'b'], outputs: ['next_state'] },
      ],
    }),
    /own\.onnx: it cannot be run \(.*Bless/,
  ],
])('refuses %s', async (_, bytes, problem) => {
  await expect(OnnxDecoder.load(named, { bytes })).rejects.toThrow(problem);
});

/** Adds a tensor to a file's graph whose values are in `/etc/hostname`: messages of one field are merged. */
function withExternalTensor(bytes: Uint8Array): Uint8Array {
  const tensor = (name: string, out: PbfWriter) => {
    out.writeVarintField(1, hidden);
    out.writeVarintField(2, 1);
    out.writeStringField(8, name);
    out.writeMessage(13, entry, ['location', '/etc/hostname']);
    out.writeVarintField(14, 1);
  };
  const entry = ([key, value]: [string, string], out: PbfWriter) => {
    out.writeStringField(1, key);
    out.writeStringField(2, value);
  };
  const writer = new PbfWriter();
  writer.writeMessage(7, (name: string, graph: PbfWriter) => graph.writeMessage(5, tensor, name), 'b');
  return Uint8Array.of(...bytes, ...writer.finish());
}

it('reads no weights from other files', async () => {
  const bytes = withExternalTensor(
    network({ tensors: [{ name: 'a', shape: [1, CONTROLS], values: new Float32Array(CONTROLS) }] }),
  );
  await expect(OnnxDecoder.load(named, { bytes })).rejects.toThrow(
    /cannot be run .*weights must be in the file/,
  );
});

it.each([
  ['controls of another size', 'Identity', 'features', /gives controls of shape \[1,2\], expected \[1,38\]/],
  ['no finite numbers', 'Log', 'minus', /gives a value of controls in frame 0 that is no finite/],
])('refuses %s when it plays', async (_, type, input, problem) => {
  const bytes = network({
    nodes: [
      { type, inputs: [input], outputs: ['controls'] },
      { type: 'Identity', inputs: ['state'], outputs: ['next_state'] },
    ],
    tensors: [{ name: 'minus', shape: [1, CONTROLS], values: new Float32Array(CONTROLS).fill(-1) }],
    // sizes that are known only when it runs
    inputs: [
      { name: 'features', shape: ['batch', 'width'] },
      { name: 'state', shape: [1, hidden] },
    ],
    outputs: [
      { name: 'controls', shape: ['rows', 'columns'] },
      { name: 'next_state', shape: [1, hidden] },
    ],
  });
  const decoder = await OnnxDecoder.load(named, { bytes });
  await expect(renderOffline(named, phrase(1, 48_000, 1), { decoder })).rejects.toThrow(problem);
});
