/** Parameters that move are heard as they move: no steps, nothing that the modulation itself does not bring. */

import { describe, expect, it } from 'vitest';
import type { Model, SynthGraph } from '../../../src/model/model';
import { configOf, randomModelOf, smallShape } from '../../support/models';
import { blackmanHarris, clickLevel } from './clicks';
import { Host, prepare } from './host';

const RATE = 48000;
const SECONDS = 3;
const F0 = 440;
const HOP = RATE / smallShape.frameRate;
/** dB: what straight lines between frames leave of 5 Hz at 100 frames a second; the values at the quanta' starts, -33 */
const NOTHING_ELSE = -45;

/** Value at a time in seconds. */
type Curve = (time: number) => number;

function modelOf(synth: SynthGraph): Model {
  return randomModelOf({ ...configOf(smallShape), synth }, 3);
}

const sine: SynthGraph = { processors: [{ name: 'sine', type: 'SineOscillator' }] };
const breath: SynthGraph = {
  processors: [{ name: 'noise', type: 'FilteredNoise', options: { bands: 17 } }],
};
const room: SynthGraph = {
  processors: [
    ...sine.processors,
    { name: 'room', type: 'IRReverb', inputs: { audio: 'sine' }, options: { length: 2400 } },
  ],
};

/** A steady A4 through a host, while parameters follow their curves as the browser hands them over. */
async function play(model: Model, curves: Readonly<Record<string, Curve>>): Promise<Float32Array> {
  const host = await Host.create(RATE, await prepare(model, RATE));
  for (const name of Object.keys(curves)) host.parameters[name] = new Float32Array(host.quantum);
  const block = new Float32Array(host.quantum);
  const inputs = [[block]];
  const heard = new Float32Array(SECONDS * RATE);
  for (let at = 0; at + host.quantum <= heard.length; at += host.quantum) {
    for (let i = 0; i < host.quantum; i++) block[i] = 0.4 * Math.sin((2 * Math.PI * F0 * (at + i)) / RATE);
    for (const [name, curve] of Object.entries(curves)) {
      const values = host.parameters[name];
      for (let i = 0; i < values.length; i++) values[i] = curve((at + i) / RATE);
    }
    host.render(inputs);
    heard.set(host.output[0], at);
  }
  return heard;
}

/** dB of what `actual` is beside `expected`, from 1 s on, below what the modulation changes. */
function error(actual: Float32Array, expected: (n: number) => number, still: Float32Array): number {
  let wrong = 0;
  let moved = 0;
  for (let n = RATE; n < actual.length - 128; n++) {
    wrong += (actual[n] - expected(n)) ** 2;
    moved += (expected(n) - still[n]) ** 2;
  }
  return 10 * Math.log10(wrong / moved);
}

const curves: Readonly<Record<string, Curve>> = {
  'a sine of 5 Hz': (time) => 0.5 + 0.4 * Math.sin(2 * Math.PI * 5 * time),
  'a ramp': (time) => Math.min(1, 0.3 * time),
  'an exponential': (time) => 1 - 0.8 * Math.exp(-2 * Math.max(0, time - 1.2)),
};

describe.each(Object.entries(curves))('under %s', (_, curve) => {
  // taken at a frame, reached a hop later
  const late = (n: number) => curve((n - HOP) / RATE);

  it.each([
    ['gain', sine],
    ['harmonics', sine],
    ['noise', breath],
  ])('%s multiplies what is heard', async (name, synth) => {
    const model = modelOf(synth);
    const still = await play(model, { [name]: () => 1 });
    const moving = await play(model, { [name]: curve });
    expect(error(moving, (n) => still[n] * late(n), still)).toBeLessThan(NOTHING_ELSE);
  });

  it('reverb mixes dry and wet', async () => {
    const model = modelOf(room);
    const [dry, wet] = [await play(model, { reverb: () => 0 }), await play(model, { reverb: () => 1 })];
    const moving = await play(model, { reverb: curve });
    expect(error(moving, (n) => dry[n] + (wet[n] - dry[n]) * late(n), dry)).toBeLessThan(NOTHING_ELSE);
  });
});

/** The strongest component from `low` to `high` Hz over 0.25 s, dB below the strongest of all. */
function strongest(signal: Float32Array, low: number, high: number): number {
  const size = RATE / 4;
  let inside = 0;
  let all = 0;
  for (let hz = 100; hz < 2000; hz += 8) {
    let re = 0;
    let im = 0;
    for (let n = 0; n < size; n++) {
      const weight = blackmanHarris((n + 0.5) / size);
      re += weight * signal[RATE + n] * Math.cos((2 * Math.PI * hz * n) / RATE);
      im += weight * signal[RATE + n] * Math.sin((2 * Math.PI * hz * n) / RATE);
    }
    all = Math.max(all, re * re + im * im);
    if (hz >= low && hz <= high) inside = Math.max(inside, re * re + im * im);
  }
  return 10 * Math.log10(inside / all);
}

describe('pitchShift', () => {
  it('as vibrato has the sidebands of vibrato and no others', async () => {
    const vibrato = await play(modelOf(sine), { pitchShift: (time) => Math.sin(2 * Math.PI * 5 * time) });
    // 25 Hz either way, five times a second: 60 dB down at 100 Hz from A4
    for (const [low, high] of [
      [100, 300],
      [580, 2000],
    ])
      expect(strongest(vibrato, low, high)).toBeLessThan(-70);
  });
});

describe('a jump', () => {
  const at = { from: 5000, sampleRate: RATE, begin: RATE, end: 1.1 * RATE };
  const jump: Curve = (time) => (time < 2 ? 1 : 0.25);

  it.each([
    ['gain', jump],
    ['harmonics', jump],
    ['pitchShift', (time: number) => (time < 2 ? 0 : 7)],
  ] as const)('of %s does not click', async (name, curve) => {
    const model = modelOf(sine);
    const heard = await play(model, { [name]: curve });
    const still = await play(model, {});
    const hard = still.map((value, n) => value * jump(n / RATE));
    expect(clickLevel(heard.subarray(RATE), at)).toBeLessThan(30);
    expect(clickLevel(hard.subarray(RATE), at)).toBeGreaterThan(60);
  });
});
