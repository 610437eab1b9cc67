/**
 * Model files damaged in every way: each is refused with an error that says why, or it is a model that plays. Flipped
 * bytes and cut files alone are in test/model/file.test.ts; here damage knows the format.
 */

import { describe, expect, it } from 'vitest';
import { playModule } from '../../../src/dsp/play-module';
import { ModelError } from '../../../src/model/errors';
import { readModel, writeModel } from '../../../src/model/file';
import type { Model } from '../../../src/model/model';
import { Engine } from '../../../src/play/engine';
import { Instrument } from '../../../src/play/instrument';
import { graphs } from '../../support/graphs';
import { randomiser } from '../../support/kernels';
import { configOf, randomModel, randomModelOf, smallShape } from '../../support/models';

type Random = () => number;

const small = { ...smallShape, hidden: 4, harmonics: 5, bands: 9, irLength: 300 };
const originals = [
  randomModel(1, small),
  randomModel(2, { ...small, irLength: null, sampleRate: 16_000 }),
  randomModelOf({ ...configOf(small), synth: graphs.everything }, 3),
  randomModelOf({ ...configOf(small), synth: graphs.decayReverb }, 4),
].map((model) => writeModel(model, { float16: false }));

/** to play at, beside the model's own */
const RATES = [44100, 48000, 96000];

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)];
}

interface File {
  /** JSON text of the header, without padding */
  header: string;
  data: Uint8Array;
}

function open(bytes: Uint8Array): File {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return {
    header: new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(),
    data: bytes.slice(8 + length),
  };
}

function close({ header, data }: File): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** JSON texts that stand where something else was expected. */
const ODD = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '2',
    '3',
    '7',
    '0.5',
    '1e999',
    '-1e999',
    '1e308',
    '5e-324',
    '4294967296',
    '9007199254740993',
  ],
  ...['10', '16', '64', '100', '441', '1000', '8000', '16384', '192000', '1000000', '4096', '512'],
  ...[
    'null',
    'true',
    '""',
    '"x"',
    '"__proto__"',
    '"constructor"',
    '"Harmonic"',
    '"DecayReverb"',
    '"\\u0000"',
  ],
  ...['[]', '{}', '[[]]', '[1,2,3]', '{"a":{"b":{}}}', '{"__proto__":{"hidden":1}}', '{"length":5}'],
  `"${'long '.repeat(2000)}"`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
];

/** Replaces one value, key or piece of JSON text. */
function damageJson(json: string, random: Random): string {
  const tokens = [
    ...json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|[[\]{}:,]/gi),
  ];
  const token = pick(random, tokens);
  const [before, after] = [json.slice(0, token.index), json.slice(token.index + token[0].length)];
  const kind = random();
  if (kind < 0.7) return before + pick(random, ODD) + after;
  if (kind < 0.8) return before + after;
  if (kind < 0.9) return before + pick(random, tokens)[0] + after;
  // the same key again, with another value
  return json.replace(/^\{/, `{"${pick(random, Object.keys(JSON.parse(json)))}":${pick(random, ODD)},`);
}

/** Damages one section of the metadata, which is JSON in JSON, mostly one of its values. */
function damageMetadata(file: File, random: Random): void {
  const header = JSON.parse(file.header) as { __metadata__: Record<string, string> };
  const metadata = header.__metadata__;
  const section = pick(random, Object.keys(metadata));
  const json = metadata[section];
  metadata[section] = json.startsWith('{') ? damageJson(json, random) : pick(random, ODD);
  file.header = JSON.stringify(header);
}

/** Another graph, of the same names: connections that go anywhere, types and options that may not exist. */
function damageGraph(file: File, random: Random): void {
  const header = JSON.parse(file.header) as { __metadata__: Record<string, string> };
  const synth = JSON.parse(header.__metadata__.synth) as { processors: Record<string, unknown>[] };
  const { processors } = synth;
  const node = pick(random, processors);
  const other = pick(random, processors);
  const kind = random();
  if (kind < 0.25) node.inputs = { audio: other.name, a: node.name, b: other.name };
  else if (kind < 0.4)
    node.type = pick(random, ['Harmonic', 'Add', 'toString', '__proto__', 'IRReverb', 'SineOscillator']);
  else if (kind < 0.6) node.options = { length: pick(random, [1, 1e6, 1e9, -1, 0.5]), seed: -1, bands: 1e12 };
  else if (kind < 0.7) processors.reverse();
  else if (kind < 0.8) processors.push({ ...node, name: `${String(node.name)}2` });
  else if (kind < 0.9) processors.push(...Array.from({ length: 40 }, (_, i) => ({ ...node, name: `n${i}` })));
  else processors.splice(processors.indexOf(node), 1);
  header.__metadata__.synth = JSON.stringify(synth);
  file.header = JSON.stringify(header);
}

/** Rates, windows, pitches and lengths anywhere in their ranges: mostly a model, and then it has to play. */
function changeNumbers(file: File, random: Random): void {
  const header = JSON.parse(file.header) as { __metadata__: Record<string, string> };
  const metadata = header.__metadata__;
  const between = (low: number, high: number) => low * (high / low) ** random();
  const analysis = JSON.parse(metadata.analysis) as Record<string, unknown>;
  const kind = random();
  if (kind < 0.2) metadata.sample_rate = String(Math.round(between(8000, 192_000)));
  else if (kind < 0.4) metadata.frame_rate = String(between(10, 1000));
  else if (kind < 0.5) analysis.window = 2 * Math.round(between(32, 8192));
  else if (kind < 0.6) analysis.pitchMin = between(10, 20_000);
  else if (kind < 0.7) analysis.pitchMax = between(10, 20_000);
  else if (kind < 0.75) analysis.threshold = between(0.001, 1);
  else if (kind < 0.8) analysis.dip = pick(random, ['first', 'clear']);
  else
    metadata.synth = metadata.synth.replace(
      /"length":(4800|2400)/,
      `"length":${Math.round(between(1, 1e6))}`,
    );
  metadata.analysis = JSON.stringify(analysis);
  file.header = JSON.stringify(header);
}

/** Numbers that no training makes, among the weights. */
function damageValues(file: File, random: Random): void {
  const values = new DataView(file.data.buffer, file.data.byteOffset, file.data.byteLength);
  for (let n = 1 + Math.floor(random() * 20); n > 0; n--) {
    const at = 4 * Math.floor((random() * file.data.byteLength) / 4);
    const value = pick(random, [Number.NaN, 1e38, -1e38, Number.POSITIVE_INFINITY, 1e5, -1e5, 6e4, 1e-40, 0]);
    values.setFloat32(at, value, true);
  }
}

/** All weights as large as a file may hold them. */
function inflate(file: File, random: Random): void {
  const values = new DataView(file.data.buffer, file.data.byteOffset, file.data.byteLength);
  for (let at = 0; at + 4 <= file.data.byteLength; at += 4) {
    values.setFloat32(at, random() < 0.5 ? 1e5 : -1e5, true);
  }
}

function damaged(random: Random): { bytes: Uint8Array; weights: boolean } {
  const file = open(pick(random, originals));
  const kind = random();
  let weights = false;
  if (kind < 0.2) file.header = damageJson(file.header, random);
  else if (kind < 0.4) damageMetadata(file, random);
  else if (kind < 0.6) {
    changeNumbers(file, random);
    if (random() < 0.5) changeNumbers(file, random);
  } else if (kind < 0.8) damageGraph(file, random);
  else {
    weights = true;
    if (kind < 0.98) damageValues(file, random);
    else inflate(file, random);
  }
  const bytes = close(file);
  if (random() < 0.05) {
    const length = pick(random, [0n, 1n, 8n, 2n ** 20n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n]);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
  }
  if (random() < 0.05) return { bytes: bytes.subarray(0, Math.floor(random() * bytes.length)), weights };
  return { bytes, weights };
}

/** A rich tone in the middle of the model's range. */
function tone({ analysis }: Model, sampleRate: number, length: number): Float32Array {
  const hz = Math.min(Math.sqrt(analysis.pitchMin * analysis.pitchMax), sampleRate / 5);
  return Float32Array.from({ length }, (_, n) => {
    const turn = (hz * n) / sampleRate;
    return 0.3 * Math.sin(2 * Math.PI * turn) + 0.1 * Math.sin(4 * Math.PI * turn);
  });
}

/** What is heard of a tenth of a second. */
function play(module: WebAssembly.Module, model: Model, sampleRate: number): Float32Array {
  const engine = new Engine(module, new Instrument(model, sampleRate));
  const input = tone(model, sampleRate, engine.latency + sampleRate / 10);
  const output = new Float32Array(input.length);
  engine.process(input, output, 0, input.length);
  return output;
}

describe('damaged model files', () => {
  it.each([1, 2, 3])('are refused with a reason, or play: seed %i', async (seed) => {
    const module = await playModule();
    const random = randomiser(seed);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 400; round++) {
      const { bytes, weights } = damaged(random);
      let outcome = 'plays';
      try {
        const model = readModel(bytes);
        const output = play(module, model, random() < 0.2 ? pick(random, RATES) : model.sampleRate);
        const peak = output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(output.every(Number.isFinite)).toBe(true);
        expect(weights || peak > 1e-5, open(bytes).header).toBe(true);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        expect(error.message.length).toBeGreaterThan(15);
        expect(error.message.length).toBeLessThan(500);
        outcome = error.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get('plays')).toBeGreaterThan(40);
    expect(outcomes.size).toBeGreaterThan(6);
  });
});
