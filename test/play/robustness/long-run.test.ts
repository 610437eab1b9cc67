/**
 * A long evening in a few seconds: hours of audio faster than real time, with everything that can happen to a node.
 *
 * LONG_RUN_SECONDS of audio (`npm run test:long` renders an hour), LONG_RUN_SEED chooses what happens when.
 */

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LOUDEST } from '../../../src/dsp/limits';
import { readModel } from '../../../src/model/file';
import { UNMATCHED } from '../../../src/play/matching/options';
import { graphs } from '../../support/graphs';
import { randomiser } from '../../support/kernels';
import { configOf, randomModel, randomModelOf, smallShape } from '../../support/models';
import { frequency } from './frequency';
import { Host, type Prepared, prepare } from './host';

const SECONDS = Number(process.env.LONG_RUN_SECONDS ?? 60);
const SEED = Number(process.env.LONG_RUN_SEED ?? 1);
const RATE = 48000;
const OTHER_RATES = [44100, 96000, 22050, 32000];
const A4 = 440;
/** dB by which a note may differ with its past: a trained decoder's state drifts for longer than is waited for. */
const DRIFT = 1;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MB that are held after everything that can be collected has been. */
function held(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const violin = readModel(readFileSync('models/violin.safetensors'));
const models = [
  violin,
  readModel(readFileSync('models/saxophone.safetensors')),
  randomModel(1, { ...smallShape, frameRate: 200, window: 2048 }),
  randomModel(2, { ...smallShape, frameRate: 50, harmonics: 60, irLength: null }),
  randomModelOf({ ...configOf(smallShape), synth: graphs.everything }, 3),
  randomModelOf({ ...configOf(smallShape), synth: graphs.reverbMix }, 4),
];

type Random = () => number;
type Source = (block: Float32Array, at: number, random: Random) => void;

/** What can arrive at an input. `at` is the number of the block's first sample. */
const sources: Readonly<Record<string, Source>> = {
  tone: (block, at) => fill(block, (i) => 0.5 * Math.sin(2 * Math.PI * (((at + i) * 220) / RATE))),
  silence: (block) => block.fill(0),
  direct: (block) => block.fill(1),
  square: (block, at) => fill(block, (i) => ((at + i) % 109 < 54 ? 1 : -1)),
  noise: (block, _at, random) => fill(block, () => 2 * random() - 1),
  denormals: (block, _at, random) => fill(block, () => 1e-40 * random()),
  huge: (block, _at, random) => fill(block, () => 1e30 * (random() - 0.5)),
  notNumbers: (block) => block.fill(Number.NaN),
  infinities: (block, at) => block.fill(at % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY),
  oneNaN: (block, at) => {
    fill(block, (i) => Math.sin((at + i) / 20));
    block[at % block.length] = Number.NaN;
  },
};
const kinds = Object.keys(sources);

function fill(block: Float32Array, sample: (index: number) => number): void {
  for (let i = 0; i < block.length; i++) block[i] = sample(i);
}

/** A4 from sample 0 on, its phase exact however long it lasts. */
function writeA4(block: Float32Array, at: number): void {
  fill(block, (i) => 0.4 * Math.sin(2 * Math.PI * (((A4 * (at + i)) % RATE) / RATE)));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)];
}

/** What a player, a page and a network of nodes do to one node, a stretch at a time. */
class Storm {
  /** the largest sample that came out */
  peak = 0;
  swaps = 0;
  #at = 0;

  constructor(
    readonly host: Host,
    readonly random: Random,
    readonly prepared: readonly Prepared[],
  ) {}

  /** Up to half a second in which one thing happens. */
  stretch(): number {
    const { host, random } = this;
    const channels = pick(random, [0, 1, 1, 1, 2, 8]);
    const block = new Float32Array(host.quantum);
    const inputs = [Array.from({ length: channels }, () => block)];
    const source = sources[pick(random, kinds)];
    const quanta = 1 + Math.floor((random() * 0.5 * host.sampleRate) / host.quantum);
    const turning = random() < 0.4;
    this.#happen();
    for (let i = 0; i < quanta; i++) {
      if (turning) this.#turn();
      source(block, this.#at, random);
      this.#at += block.length;
      this.#render(inputs);
    }
    return quanta * host.quantum;
  }

  /** What happens between two callbacks; some of it while the context is suspended. */
  #happen(): void {
    const { host, random } = this;
    for (let swaps = pick(random, [0, 0, 0, 1, 1, 3]); swaps > 0; swaps--) {
      host.swap(pick(random, this.prepared));
      this.swaps++;
    }
    if (random() < 0.2) {
      const event = pick(random, ['analysis', 'note'] as const);
      const entries = new Float64Array(1024);
      host.send({ type: 'heard', event, entries }, [entries.buffer]);
    }
    if (random() < 0.2) {
      const register = pick(random, ['auto', 'off', -4, 4] as const);
      const level = pick(random, ['auto', 'off', 60] as const);
      host.send({ type: 'matching', matching: { register, level, lock: random() < 0.5 } });
    }
    if (random() < 0.3) this.calm();
    for (const reply of host.replies) expect(reply.type).not.toBe('error');
    host.replies.length = 0;
  }

  #turn(): void {
    const { host, random } = this;
    for (const { name, minValue, maxValue } of host.descriptors) {
      const values = host.parameters[name];
      const odd = random() < 0.01 ? pick(random, [Number.NaN, Number.POSITIVE_INFINITY, -1e30]) : null;
      fill(values, () => odd ?? minValue + (maxValue - minValue) * random());
    }
  }

  /** Every parameter at its default. */
  calm(): void {
    const { host, random } = this;
    // as browsers hand them over: one value, or one a sample
    const length = random() < 0.5 ? 1 : host.quantum;
    for (const { name, defaultValue } of host.descriptors) {
      host.parameters[name] = new Float32Array(length).fill(defaultValue);
    }
  }

  #render(inputs: Float32Array[][]): void {
    expect(this.host.render(inputs)).toBe(true);
    for (const channel of this.host.output) {
      for (let i = 0; i < channel.length; i++) {
        const size = Math.abs(channel[i]);
        if (!(size <= LOUDEST)) throw new Error(`sample ${this.#at + i}: ${channel[i]}`);
        if (size > this.peak) this.peak = size;
      }
    }
  }
}

/** Plays A4 for `seconds` and returns the end of what was heard. */
function playA4(host: Host, seconds: number, keep: number): Float32Array {
  const block = new Float32Array(host.quantum);
  const inputs = [[block]];
  const total = Math.ceil((seconds * RATE) / host.quantum);
  const kept = Math.ceil((keep * RATE) / host.quantum);
  const heard = new Float32Array(kept * host.quantum);
  for (let i = 0; i < total; i++) {
    writeA4(block, i * host.quantum);
    host.render(inputs);
    if (i >= total - kept) heard.set(host.output[0], (i - total + kept) * host.quantum);
  }
  return heard;
}

function cents(a: number, b: number): number {
  return 1200 * Math.log2(a / b);
}

function level(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
}

/** dB and Hz of A4 as the violin plays it on a node to which nothing has happened. */
async function undisturbed() {
  const heard = playA4(await Host.create(RATE, await prepare(violin, RATE)), 8, 4);
  return { level: level(heard), hz: frequency(heard, A4, RATE) };
}

describe(`${SECONDS} s of audio, seed ${SEED}`, () => {
  const timeout = 60_000 + SECONDS * 1000;

  it(
    'of everything at once: finite, no louder than the ceiling, memory flat, in tune at the end',
    async () => {
      const random = randomiser(SEED);
      const prepared: Prepared[] = [];
      for (const model of models) prepared.push(await prepare(model, RATE));
      const fresh = await undisturbed();
      const storm = new Storm(await Host.create(RATE, prepared[0], { channels: 2 }), random, prepared);
      const aside = new Map<number, Prepared>();
      for (const rate of OTHER_RATES) aside.set(rate, await prepare(pick(random, models), rate));

      const started = performance.now();
      let played = 0;
      let other = 0;
      let peak = 0;
      const memory: number[] = [];
      for (let next = 0; played < SECONDS * RATE; ) {
        played += storm.stretch();
        if (played < next) continue;
        next += (SECONDS * RATE) / 12;
        memory.push(held());
        // a context of another rate beside the first, with quanta of another size
        const rate = pick(random, OTHER_RATES);
        const own = aside.get(rate) as Prepared;
        const quantum = pick(random, [64, 128, 700, 2048]);
        const beside = new Storm(await Host.create(rate, own, { quantum }), random, [own]);
        for (let n = 0; n < 2 * rate; ) n += beside.stretch();
        other += 2;
        peak = Math.max(peak, beside.peak);
      }
      const took = (performance.now() - started) / 1000;

      storm.calm();
      storm.host.send({ type: 'matching', matching: UNMATCHED });
      storm.host.swap(prepared[0]);
      const heard = playA4(storm.host, 8, 4);
      const off = cents(frequency(heard, A4, RATE), fresh.hz);
      const louder = level(heard) - fresh.level;
      memory.push(held());
      console.log(
        `${(played / RATE + other).toFixed(0)} s in ${took.toFixed(1)} s (${((played / RATE + other) / took).toFixed(0)} x real time), ` +
          `${storm.swaps} swaps, peak ${Math.max(peak, storm.peak).toFixed(2)}, ` +
          `memory ${memory.map((mb) => mb.toFixed(1)).join(' ')} MB, A4 ${off.toExponential(1)} cents and ${louder.toFixed(3)} dB off`,
      );
      expect(Math.abs(off)).toBeLessThan(0.01);
      expect(Math.abs(louder)).toBeLessThan(DRIFT);
      // what the collector has not come to yet comes and goes
      const [early, late] = [memory.slice(1, 6), memory.slice(-5)].map((some) => Math.min(...some));
      expect(late).toBeLessThan(early + 16);
    },
    timeout,
  );

  it(
    'of A4 are still A4',
    async () => {
      const host = await Host.create(RATE, await prepare(violin, RATE));
      const first = frequency(playA4(host, 8, 4), A4, RATE);
      const last = frequency(playA4(host, SECONDS, 4), A4, RATE);
      console.log(
        `A4: ${cents(first, A4).toExponential(2)} cents off at first, ${cents(last, A4).toExponential(2)} at last`,
      );
      expect(Math.abs(cents(last, first))).toBeLessThan(0.001);
      expect(Math.abs(cents(last, A4))).toBeLessThan(0.01);
    },
    timeout,
  );
});

describe('two seconds of', () => {
  it.each(kinds)('%s are forgotten', async (kind) => {
    const host = await Host.create(RATE, await prepare(violin, RATE));
    const block = new Float32Array(host.quantum);
    const random = randomiser(SEED);
    for (let i = 0; i < (2 * RATE) / host.quantum; i++) {
      sources[kind](block, i * host.quantum, random);
      host.render([[block]]);
    }
    const heard = playA4(host, 8, 4);
    const fresh = await undisturbed();
    expect(Math.abs(cents(frequency(heard, A4, RATE), fresh.hz))).toBeLessThan(0.001);
    expect(Math.abs(level(heard) - fresh.level)).toBeLessThan(DRIFT);
  });
});
