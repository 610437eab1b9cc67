/** Two models in one engine, and what lies between them. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/analysis/track';
import { playModule } from '../../src/dsp/play-module';
import { readModel } from '../../src/model/file';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { NoteInput } from '../../src/play/notes/note-input';
import { renderNotes } from '../../src/play/notes/render-notes';
import { renderFrames, renderOffline } from '../../src/play/render';
import { graphs } from '../support/graphs';
import { instrumentFor } from '../support/instruments';
import { randomiser } from '../support/kernels';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';
import { note } from '../support/sounds';
import { clickLevel } from './robustness/clicks';
import { Host } from './robustness/host';

const RATE = 48000;
const load = (name: string) => readModel(readFileSync(`models/${name}.safetensors`));
const violin = load('violin');
const saxophone = load('saxophone');
const cello = load('cello');

const small = randomModel(1);
/** what a second model can differ in */
const others: Readonly<Record<string, Model>> = {
  'another of the same shape': randomModel(2),
  'more harmonics': randomModel(3, { ...smallShape, harmonics: 31, irLength: 700 }),
  'other noise bands': randomModel(4, { ...smallShape, bands: 65 }),
  'another frame rate': randomModel(5, { ...smallShape, frameRate: 250, hidden: 24 }),
  'half the frame rate, no reverb': randomModel(6, { ...smallShape, frameRate: 50, irLength: null }),
  'another sample rate': randomModel(7, { ...smallShape, sampleRate: 32000 }),
  'another graph': randomModelOf({ ...configOf(smallShape), synth: graphs.decayReverb }, 8),
};

/** its noise comes late, so the engine delays everything else */
const late = randomModel(9, { ...smallShape, bands: 513 });

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await playModule();
});

function worstDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, n) => Math.max(worst, Math.abs(value - b[n])), 0);
}

function peak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

function decibels(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, v) => sum + v * v, 0) / samples.length);
}

/** Holds a note while `morph` moves, and cuts the stream into pieces. */
async function sweep(
  [one, two]: readonly [Model, Model],
  {
    note = 69,
    seconds,
    morph,
    pieces = () => 128,
  }: {
    note?: number;
    seconds: number;
    morph: (t: number) => number;
    pieces?: () => number;
  },
): Promise<Float32Array> {
  const instrument = await instrumentFor(one, RATE);
  const other = await instrumentFor(two, RATE, instrument.hop);
  const engine = new Engine(module, instrument, { listening: null, voices: 2, other });
  const input = new NoteInput();
  input.connect(engine, instrument);
  input.noteOn(0, note, 90);
  const out = new Float32Array(Math.round(seconds * RATE));
  for (let at = 0; at < out.length; ) {
    const count = Math.min(pieces(), out.length - at, engine.untilBlock);
    engine.controls.morph = morph((at + count) / RATE);
    engine.process(null, out, at, count);
    at += count;
  }
  return out.slice(engine.latency);
}

describe('morphTo', () => {
  const notes = [
    { note: 62, velocity: 90, time: 0.02, duration: 0.5 },
    { note: 69, velocity: 40, time: 0.2, duration: 0.4 },
  ];

  it.each(Object.entries(others))('at 0 is the first model alone, beside %s', async (_, morphTo) => {
    const both = await renderNotes(small, notes, { morphTo });
    const alone = await renderNotes(small, notes);
    const length = Math.min(both.length, alone.length);
    expect(worstDifference(alone.subarray(0, length), both)).toBeLessThan(2e-6);
  });

  it('at 0 is the first model alone while notes hold, beside a noise filter longer than a hop', async () => {
    const long = [{ note: 62, velocity: 90, time: 0, duration: 0.5 }];
    const both = await renderNotes(small, long, { morphTo: late });
    const alone = await renderNotes(small, long);
    const held = (samples: Float32Array) => samples.subarray(0.1 * RATE, 0.5 * RATE);
    expect(peak(held(alone))).toBeGreaterThan(1e-2);
    expect(worstDifference(held(both), held(alone))).toBeLessThan(2e-6);
  });

  it.each([
    'another of the same shape',
    'more harmonics',
    'another graph',
    'other noise bands',
    'another sample rate',
  ])('at 1 is the second alone: %s', async (name) => {
    const both = await renderNotes(small, notes, { morphTo: others[name], morph: 1, sampleRate: RATE });
    const alone = await renderNotes(others[name], notes, { sampleRate: RATE });
    const length = Math.min(both.length, alone.length);
    expect(peak(alone)).toBeGreaterThan(1e-3);
    expect(worstDifference(alone.subarray(0, length), both)).toBeLessThan(2e-5 * peak(alone) + 2e-6);
  });

  it.each(['another frame rate', 'half the frame rate, no reverb'])(
    'at 1 has the level of a second model whose frames are others: %s',
    async (name) => {
      const long = [{ note: 62, velocity: 90, time: 0, duration: 1 }];
      const both = await renderNotes(small, long, { morphTo: others[name], morph: 1 });
      const alone = await renderNotes(others[name], long);
      const middle = (x: Float32Array) => decibels(x.subarray(0.4 * RATE, 0.9 * RATE));
      expect(Math.abs(middle(both) - middle(alone))).toBeLessThan(1);
    },
  );

  it('is between both on a logarithmic scale: each partial is the geometric mean', async () => {
    const dryShape = { ...smallShape, irLength: null };
    const [one, two] = [randomModel(11, dryShape), randomModel(12, dryShape)];
    const frames = { f0: new Float32Array(100).fill(300), loudness: new Float32Array(100).fill(-20) };
    const partials = async (morph: number) => {
      const out = await renderFrames(one, frames, { morphTo: two, morph, noise: 0 });
      const stretch = out.subarray(0.5 * RATE, 0.9 * RATE);
      return Array.from({ length: 20 }, (_, k) => amplitude(stretch, 300 * (k + 1)));
    };
    const [a, middle, b] = await Promise.all([0, 0.5, 1].map(partials));
    const means = a.map((v, k) => Math.sqrt(v * b[k]));
    // up to one factor, which keeps the sum of the distribution 1
    const ratios = means.map((mean, k) => middle[k] / mean);
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(1.02);
    expect(Math.max(...a.map((v, k) => v / b[k]))).toBeGreaterThan(1.2);
  });

  it('goes with recordings and frames, too', async () => {
    const audio = phrase(0.3, RATE);
    const frames = { f0: new Float32Array(30).fill(300), loudness: new Float32Array(30).fill(-20) };
    const two = others['another of the same shape'];
    const end = await renderFrames(small, frames, { morphTo: two, morph: 1 });
    expect(worstDifference(end, await renderFrames(two, frames))).toBeLessThan(2e-5);
    const half = await renderOffline(small, audio, { morphTo: two, morph: 0.5 });
    expect(worstDifference(half, await renderOffline(small, audio))).toBeGreaterThan(1e-3);
    const [alone, without] = await Promise.all([
      renderOffline(small, audio, { morph: 0.5 }),
      renderOffline(small, audio),
    ]);
    expect(alone).toEqual(without);
  });
});

describe('a sweep', () => {
  it.each(Object.entries(others))('is the same however the stream is cut: to %s', async (_, two) => {
    const random = randomiser(3);
    const morph = (t: number) => 0.5 - 0.5 * Math.cos(7 * t);
    const whole = await sweep([small, two], { seconds: 1, morph, pieces: () => 48_000 });
    const cut = await sweep([small, two], {
      seconds: 1,
      morph,
      pieces: () => 1 + Math.floor(400 * random()),
    });
    expect(peak(whole)).toBeGreaterThan(1e-4);
    expect(worstDifference(whole, cut)).toBeLessThan(1e-6);
  });

  it.each([
    ['violin', 'saxophone', violin, saxophone, 62],
    ['saxophone', 'cello', saxophone, cello, 57],
    ['cello', 'violin', cello, violin, 57],
  ])('from %s to %s never dips by 1 dB below the quieter end', async (_a, _b, one, two, note) => {
    const out = await sweep([one, two], {
      note,
      seconds: 7,
      morph: (t) => Math.min(Math.max((t - 2) / 3, 0), 1),
    });
    const { loudness } = await analyseSignal(out, violin);
    const level = (from: number, to: number) => {
      const powers = loudness.subarray(from * 100, to * 100).map((dB) => 10 ** (dB / 10));
      return 10 * Math.log10(powers.reduce((sum, power) => sum + power) / powers.length);
    };
    const quieter = Math.min(level(1, 2), level(6, 7));
    for (let t = 1.5; t < 6.5; t += 0.125) expect(level(t, t + 0.25)).toBeGreaterThan(quieter - 1);
  });

  it.each([
    ['one synth for both', violin, saxophone],
    ['two synths', violin, { ...saxophone, sampleRate: 44100 }],
  ])('does not click: %s', async (_, one, two) => {
    const morph = (t: number) => (t < 1 ? 0 : Math.min(1, (t - 1) / 0.02));
    const where = { from: 20_000, sampleRate: RATE, begin: 0.45 * RATE, end: 0.6 * RATE };
    const out = await sweep([one, two], { seconds: 2, morph });
    expect(clickLevel(out.subarray(RATE / 2), where)).toBeLessThan(12);
  });
});

describe('a processor with two models', () => {
  /** Plays a second of a singer's sound. */
  function play(host: Host): Float32Array {
    const out = new Float32Array(sung.length);
    for (let at = 0; at + host.quantum <= sung.length; at += host.quantum) {
      host.render([[sung.subarray(at, at + host.quantum)]]);
      out.set(host.output[0], at);
    }
    return out;
  }

  const sung = note(1, RATE, 300);

  it('plays the second at morph 1, and the first again when the second is gone', async () => {
    const two = others['more harmonics'];
    const instrument = await instrumentFor(small, RATE);
    const other = await instrumentFor(two, RATE, instrument.hop);
    const ends = [];
    for (const model of [small, two])
      ends.push(play(await Host.create(RATE, await instrumentFor(model, RATE))));
    const host = await Host.create(RATE, instrument);
    host.parameters.morph[0] = 1;
    const end = (samples: Float32Array) => decibels(samples.subarray(0.7 * RATE));
    expect(Math.abs(end(ends[0]) - end(ends[1]))).toBeGreaterThan(1.2);
    expect(end(play(host))).toBeCloseTo(end(ends[0]), 1);
    host.swap(instrument, other);
    play(host);
    expect(Math.abs(end(play(host)) - end(ends[1]))).toBeLessThan(0.5);
    host.parameters.morph[0] = 0;
    expect(Math.abs(end(play(host)) - end(ends[0]))).toBeLessThan(0.5);
    host.parameters.morph[0] = 1;
    host.swap(instrument);
    play(host);
    expect(Math.abs(end(play(host)) - end(ends[0]))).toBeLessThan(0.5);
    expect(host.replies.every(({ type }) => type === 'ready')).toBe(true);
  });
});

function amplitude(samples: Float32Array, hz: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < samples.length; n++) {
    const phase = (2 * Math.PI * hz * n) / RATE;
    re += samples[n] * Math.cos(phase);
    im += samples[n] * Math.sin(phase);
  }
  return (2 * Math.hypot(re, im)) / samples.length;
}
