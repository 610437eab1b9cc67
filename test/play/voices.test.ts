/** Voices of one engine: each plays as it would alone, and what they share runs once on their sum. */

import { beforeAll, describe, expect, it } from 'vitest';
import { playModule } from '../../src/dsp/play-module';
import type { Model, SynthGraph } from '../../src/model/model';
import { Engine, type EngineOptions } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { renderFrames } from '../../src/play/render';
import { type Frames, FrameTrack } from '../../src/play/sources/frame-track';
import { planSynth } from '../../src/synth/graph';
import { hpn, hpnir } from '../../src/synth/presets';
import { voiceSeed } from '../../src/synth/seeds';
import { tapsOf } from '../../src/synth/stream';
import { graphs } from '../support/graphs';
import { randomiser } from '../support/kernels';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

const RATE = 48000;
const HOP = 480;
const FRAMES = 50;

const parallel: SynthGraph = {
  processors: [
    { name: 'harmonic', type: 'Harmonic', options: { harmonics: 12 } },
    { name: 'noise', type: 'FilteredNoise', options: { bands: 9 } },
    { name: 'room', type: 'IRReverb', inputs: { audio: 'harmonic' }, options: { length: 1200 } },
    { name: 'both', type: 'Add', inputs: { a: 'room', b: 'noise' } },
  ],
};
const wet = randomModel(3);
const dry: Model = {
  ...wet,
  synth: { processors: wet.synth.processors.slice(0, -1) },
  tensors: Object.fromEntries(Object.entries(wet.tensors).filter(([name]) => name !== 'ir')),
};

/** A melody with a pause, another for each number. */
function melody(number: number): Frames {
  const random = randomiser(number + 1);
  const low = 110 * 2 ** (2 * random());
  const note = Array.from({ length: 6 }, () => low * 2 ** (Math.floor(12 * random()) / 12));
  const f0 = Float32Array.from({ length: FRAMES }, (_, i) => note[Math.floor(i / 10)]);
  const loudness = f0.map((_, i) => (i > 30 && i < 34 ? -80 : -35 + 20 * random()));
  return { f0, loudness };
}

let module: WebAssembly.Module;

beforeAll(async () => {
  module = await playModule();
});

function engineOf(model: Model, options: EngineOptions): Engine {
  return new Engine(module, new Instrument(model, RATE), { listening: null, ...options });
}

function track(engine: Engine, number: number): FrameTrack {
  return new FrameTrack(melody(number), engine.frame);
}

/** Processes `total` samples in pieces of random lengths; `at` maps a position to what happens before it. */
function run(engine: Engine, total: number, at: Readonly<Record<number, () => void>> = {}): Float32Array {
  const random = randomiser(5);
  const output = new Float32Array(total).fill(Number.NaN);
  const stops = [...Object.keys(at).map(Number), total].sort((a, b) => a - b);
  for (let n = 0; n < total; ) {
    at[n]?.();
    const stop = stops.find((position) => position > n) ?? total;
    const count = Math.min(1 + Math.floor(700 * random()), stop - n);
    engine.process(null, output, n, count);
    n += count;
  }
  return output;
}

function worstDifference(a: Float32Array, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, n) => Math.max(worst, Math.abs(value - b[n])), 0);
}

function loudest(signal: Float32Array): number {
  return signal.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** dry + dry * [0, response], in double precision. */
function throughReverb(signal: ArrayLike<number>, response: Float32Array): Float64Array {
  return Float64Array.from(signal, (value, t) => {
    let sum = value;
    for (let n = 0; n < response.length && n < t; n++) sum += response[n] * signal[t - 1 - n];
    return sum;
  });
}

describe('four voices', () => {
  it('through one reverb are four renders without it, summed, through the reverb', async () => {
    const engine = engineOf(wet, { voices: 4, seed: 7 });
    engine.voices.forEach((voice, i) => {
      voice.begin(track(engine, i), engine.firstOffset);
    });
    const total = FRAMES * HOP;
    const heard = run(engine, engine.latency + total).subarray(engine.latency);
    const sum = new Float64Array(total);
    for (let i = 0; i < 4; i++) {
      const alone = await renderFrames(dry, melody(i), { seed: voiceSeed(7, i) });
      expect(loudest(alone)).toBeGreaterThan(0.01);
      alone.forEach((value, n) => {
        sum[n] += value;
      });
    }
    expect(worstDifference(heard, throughReverb(sum, wet.tensors.ir))).toBeLessThan(1e-6);
  });

  it.each(Object.entries({ ...graphs, parallel, preset: wet.synth }))(
    'are the sum of four with a graph each: %s',
    (_, synth) => {
      const model = randomModelOf({ ...configOf(smallShape), synth }, 6);
      const controls = { reverb: 0.8, harmonics: 0.7, noise: 1.3, pitchShift: 3 };
      const total = 40 * HOP;
      const together = engineOf(model, { voices: 4 });
      Object.assign(together.controls, controls);
      const sum = new Float64Array(total);
      together.voices.forEach((voice, i) => {
        voice.begin(track(together, i), 10 * i);
        const alone = engineOf(model, { voices: 1, seed: voiceSeed(1, i) });
        Object.assign(alone.controls, controls);
        alone.voices[0].begin(track(alone, i), 10 * i);
        run(alone, total).forEach((value, n) => {
          sum[n] += value;
        });
      });
      const heard = run(together, total);
      expect(loudest(heard)).toBeGreaterThan(0.01);
      expect(worstDifference(heard, sum)).toBeLessThan(1e-6 * Math.max(1, loudest(heard)));
    },
  );

  it('have noises of their own', async () => {
    const seeds = [0, 1, 2, 3].map((i) => voiceSeed(9, i));
    expect(seeds[0]).toBe(9);
    expect(new Set(seeds).size).toBe(4);
    const [one, two] = await Promise.all(
      seeds.slice(0, 2).map((seed) => renderFrames(dry, melody(0), { seed, harmonics: 0 })),
    );
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, n) => sum + value * b[n], 0);
    expect(Math.abs(dot(one, two)) / Math.sqrt(dot(one, one) * dot(two, two))).toBeLessThan(0.1);
  });
});

describe('a voice', () => {
  const filters = randomModel(3, { ...smallShape, irLength: null, bands: 400 });

  it.each([
    ['without reverb', dry, 0],
    ['with filters longer than a hop', filters, 0],
    ['with reverb', wet, 1e-6],
  ])('sounds the same wherever in a block it begins, and whenever: %s', (_, model, tolerance) => {
    const length = 30 * HOP;
    const first = engineOf(model, { voices: 1 });
    first.voices[0].begin(track(first, 1), 0);
    const { untilBlock: start } = first;
    const expected = run(first, start + length).subarray(start);
    for (const [begun, offset] of [
      [0, 1],
      [HOP >> 1, 0],
      [100, 479],
      [1000, 240],
      [5 * HOP + 3, 101],
    ]) {
      const engine = engineOf(model, { voices: 1 });
      let heardFrom = 0;
      const begin = () => {
        heardFrom = begun + engine.untilBlock + offset;
        engine.voices[0].begin(track(engine, 1), offset);
      };
      const heard = run(engine, begun + 2 * HOP + length, { [begun]: begin });
      expect(loudest(heard.subarray(0, heardFrom))).toBeLessThanOrEqual(tolerance);
      const after = heard.subarray(heardFrom, heardFrom + length);
      expect(worstDifference(after, expected)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('that ends is silent from the next block on, and leaves the others alone', () => {
    const both = engineOf(dry, { voices: 2 });
    both.voices.forEach((voice, i) => {
      voice.begin(track(both, i), 0);
    });
    let silentFrom = 0;
    const end = () => {
      both.voices[0].end();
      expect(both.voices[0].source).toBe(null);
      silentFrom = 5000 + both.untilBlock;
    };
    const heard = run(both, 10_000, { 5000: end });
    const alone = engineOf(dry, { voices: 1, seed: voiceSeed(1, 1) });
    alone.voices[0].begin(track(alone, 1), 0);
    const rest = run(alone, 10_000);
    expect(heard.subarray(silentFrom)).toEqual(rest.subarray(silentFrom));
    expect(heard.subarray(5000 - HOP, silentFrom)).not.toEqual(rest.subarray(5000 - HOP, silentFrom));
  });

  it('that ends leaves its reverb ringing, for the tail', () => {
    const engine = engineOf(wet, { voices: 1 });
    engine.voices[0].begin(track(engine, 0), 0);
    const end = () => engine.voices[0].end();
    const heard = run(engine, 5000 + 2 * HOP + engine.tail + HOP, { 5000: end });
    expect(loudest(heard.subarray(5000 + HOP, 5000 + HOP + engine.tail / 2))).toBeGreaterThan(1e-4);
    expect(loudest(heard.subarray(5000 + HOP + engine.tail))).toBeLessThan(1e-7);
  });

  it.each([
    ['ended before', true],
    ['stolen', false],
  ])('plays its next source as a new voice would: %s', (_, ends) => {
    const reused = engineOf(dry, { voices: 1 });
    const [voice] = reused.voices;
    voice.begin(track(reused, 2), 0);
    let heardFrom = 0;
    const again = () => {
      if (ends) voice.end();
      const next = track(reused, 3);
      voice.begin(next, 77);
      expect(voice.source).toBe(next);
      heardFrom = 9000 + reused.untilBlock + 77;
    };
    const heard = run(reused, 20_000, { 9000: again });
    const fresh = engineOf(dry, { voices: 1 });
    fresh.voices[0].begin(track(fresh, 3), 0);
    const start = fresh.untilBlock;
    const expected = run(fresh, start + 20_000 - heardFrom).subarray(start);
    expect(heard.subarray(heardFrom)).toEqual(expected);
  });

  it('that is free costs the sound nothing: an engine without sources is silent', () => {
    expect(loudest(run(engineOf(wet, { voices: 3 }), 5000))).toBe(0);
  });

  it('is free after a reset, and the stream begins again', () => {
    const engine = engineOf(wet, { voices: 2 });
    const play = () => {
      engine.voices[1].begin(track(engine, 4), engine.firstOffset);
      return run(engine, 8000);
    };
    const first = play();
    engine.reset();
    expect(engine.voices.map(({ source }) => source)).toEqual([null, null]);
    expect(play()).toEqual(first);
  });

  it('plays beside the one that listens', () => {
    const input = phrase(0.4, RATE);
    const listen = (engine: Engine, seed: number | null) => {
      const output = new Float32Array(input.length);
      if (seed !== null) engine.voices[0].begin(track(engine, seed), 12);
      engine.process(input, output, 0, input.length);
      return output;
    };
    const both = listen(engineOf(wet, { listening: {}, voices: 1 }), 2);
    const listening = listen(engineOf(wet, { listening: {} }), null);
    const beside = engineOf(wet, { voices: 1, seed: voiceSeed(1, 1) });
    const first = engineOf(wet, { listening: {}, voices: 1 }).untilBlock;
    const begin = () => beside.voices[0].begin(track(beside, 2), 12);
    // the block after the same number of samples
    const lead = HOP - ((first - beside.untilBlock) % HOP);
    const played = run(beside, lead + input.length, { [lead + first - HOP]: begin }).subarray(lead);
    const expected = listening.map((value, n) => value + played[n]);
    expect(loudest(played)).toBeGreaterThan(0.01);
    expect(worstDifference(both, expected)).toBeLessThan(1e-6);
  });
});

describe('a graph in two parts', () => {
  const shared = (synth: SynthGraph) =>
    planSynth(synth)
      .nodes.filter((node) => node.shared)
      .map(({ name }) => name);
  const taps = (synth: SynthGraph) => {
    const plan = planSynth(synth);
    return tapsOf(plan).map((index) => plan.nodes[index].name);
  };
  const room = { type: 'IRReverb', options: { length: 100 } };
  const afterRoom = (...processors: SynthGraph['processors']): SynthGraph => ({
    processors: [
      ...graphs.twoNoises.processors,
      { ...room, name: 'room', inputs: { audio: 'both' } },
      ...processors,
    ],
  });

  it.each<[string, SynthGraph, string[], string[]]>([
    ['hpn', hpn({ harmonics: 3, bands: 5 }), [], ['dry']],
    ['hpnir', hpnir({ harmonics: 3, bands: 5, irLength: 9 }), ['reverb'], ['dry']],
    ['a decaying reverb', graphs.decayReverb, ['room'], ['saw']],
    ['one sine', graphs.sine, [], ['sine']],
    ['a reverb whose mix is controlled', graphs.reverbMix, [], ['reverb']],
    ['a reverb before a controlled one', graphs.everything, [], ['body']],
    ['a reverb of one part, added to the other', parallel, ['room', 'both'], ['harmonic', 'noise']],
    [
      'a reverb beside the dry sound',
      afterRoom({ name: 'mixed', type: 'Add', inputs: { a: 'both', b: 'room' } }),
      ['room', 'mixed'],
      ['both'],
    ],
    [
      'a reverb after a reverb',
      afterRoom({ name: 'hall', type: 'DecayReverb', inputs: { audio: 'room' }, options: { length: 50 } }),
      ['room', 'hall'],
      ['both'],
    ],
    [
      'a reverb that feeds a controlled processor by an adder',
      afterRoom(
        { name: 'mixed', type: 'Add', inputs: { a: 'both', b: 'room' } },
        { name: 'body', type: 'IRReverbMix', inputs: { audio: 'mixed' }, options: { length: 50 } },
      ),
      [],
      ['body'],
    ],
  ])('%s', (_, synth, together, leaving) => {
    expect(shared(synth)).toEqual(together);
    expect(taps(synth)).toEqual(leaving);
  });
});
