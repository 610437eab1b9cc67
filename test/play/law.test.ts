/** Streaming is offline, delayed: whatever the blocks, the stream equals the offline render shifted by the latency. */

import { describe, expect, it } from 'vitest';
import { playModule } from '../../src/dsp/play-module';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { renderOffline } from '../../src/play/render';
import { graphs } from '../support/graphs';
import { randomiser } from '../support/kernels';
import { configOf, type ModelShape, phrase, randomModel, randomModelOf } from '../support/models';

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)];
}

function randomShape(random: () => number): ModelShape {
  return {
    sampleRate: pick(random, [48000, 44100]),
    frameRate: pick(random, [50, 93.75, 100, 200]),
    window: pick(random, [512, 1024, 1440, 2048]),
    hidden: pick(random, [4, 15, 32, 50]),
    harmonics: pick(random, [1, 7, 60, 101]),
    bands: pick(random, [3, 17, 50, 65, 400]),
    irLength: pick(random, [1, 99, 2400, 11999]),
  };
}

/** Block sizes from 1 to 4096: all small, all large, or mixed. */
function* partition(total: number, random: () => number): Generator<number> {
  const largest = pick(random, [1, 3, 128, 960, 4096]);
  const mixed = random() < 0.5;
  let left = total;
  while (left > 0) {
    const most = mixed ? pick(random, [1, 64, 128, 441, 4096]) : largest;
    const size = Math.min(left, 1 + Math.floor(random() * most));
    yield size;
    left -= size;
  }
}

/** Plays `seconds` of a phrase in random blocks, and at once. */
async function checkLaw(model: Model, contextRate: number, seconds: number, random: () => number) {
  const input = phrase(seconds, contextRate, Math.ceil(1e6 * random()));
  const controls = { pitchShift: 12 * random() - 6, harmonics: 1.2, noise: 0.8, reverb: 0.6, gain: 0.7 };
  const offline = await renderOffline(model, input, { sampleRate: contextRate, ...controls });

  const engine = new Engine(await playModule(), new Instrument(model, contextRate));
  Object.assign(engine.controls, controls);
  engine.reset();
  const padded = new Float32Array(input.length + engine.latency);
  padded.set(input);
  const streamed = new Float32Array(padded.length);
  let at = 0;
  for (const size of partition(padded.length, random)) {
    engine.process(padded, streamed, at, size);
    at += size;
  }

  expect(offline.length).toBe(input.length);
  let loudest = 0;
  let worst = 0;
  for (let n = 0; n < engine.latency; n++) worst = Math.max(worst, Math.abs(streamed[n]));
  for (let n = 0; n < offline.length; n++) {
    loudest = Math.max(loudest, Math.abs(offline[n]));
    worst = Math.max(worst, Math.abs(streamed[n + engine.latency] - offline[n]));
  }
  expect(loudest).toBeGreaterThan(0.01);
  expect(worst).toBeLessThanOrEqual(1e-6);
}

describe('the stream equals the offline render, delayed', () => {
  it.each(Array.from({ length: 24 }, (_, i) => i + 1))('random model and blocks %i', async (seed) => {
    const random = randomiser(seed);
    const model = randomModel(seed, randomShape(random));
    await checkLaw(model, seed % 2 === 0 ? 48000 : 44100, 1.2, random);
  });

  it.each(Object.entries(graphs))('every processor: %s', async (_, synth) => {
    for (const [seed, contextRate] of [48000, 44100, 96000].entries()) {
      const random = randomiser(seed);
      const model = randomModelOf({ ...configOf(randomShape(random)), synth }, seed);
      await checkLaw(model, contextRate, 0.6, random);
    }
  });

  it.each([
    [48000, 48000],
    [44100, 48000],
    [96000, 48000],
    [48000, 44100],
  ])('the latency is W/2 + H at %i Hz for a model of %i Hz', async (contextRate, sampleRate) => {
    const module = await playModule();
    const ratio = contextRate / sampleRate;
    const engineOf = (bands: number) =>
      new Engine(module, new Instrument(randomModel(1, { ...shapeOf(sampleRate), bands }), contextRate));
    const hop = Math.round(contextRate / 100);
    const window = 2 * Math.round((1024 * ratio) / 2);
    expect(engineOf(65).latency).toBe(window / 2 + hop);
    const taps = 2 * Math.round((1022 * ratio) / 2);
    expect(taps).toBeGreaterThan(hop);
    expect(Math.abs(engineOf(512).latency - (window / 2 + (hop + taps) / 2))).toBeLessThanOrEqual(1);
  });

  it.each([0, Number.NaN, -48000, 1e9])('refuses a sample rate of %d by name', async (sampleRate) => {
    const rendered = renderOffline(randomModel(1), new Float32Array(100), { sampleRate });
    await expect(rendered).rejects.toThrow(
      `sampleRate: expected a number from 8000 to 384000 Hz, found ${sampleRate}`,
    );
  });

  it('reset makes a stream begin again', async () => {
    const engine = new Engine(await playModule(), new Instrument(randomModel(3), 48000));
    const input = phrase(0.5, 48000);
    const render = () => {
      const output = new Float32Array(input.length);
      engine.process(input, output, 0, input.length);
      return output;
    };
    const first = render();
    const second = render();
    engine.reset();
    const third = render();
    expect(second).not.toEqual(first);
    expect(third).toEqual(first);
  });
});

function shapeOf(sampleRate: number): ModelShape {
  return { sampleRate, frameRate: 100, window: 1024, hidden: 8, harmonics: 8, bands: 17, irLength: 100 };
}

describe('controls', () => {
  it('hold from the first sample on', async () => {
    const model = randomModel(1);
    const engine = new Engine(await playModule(), new Instrument(model, 48000));
    const input = phrase(0.5, 48000, 1);
    const output = new Float32Array(input.length);
    engine.controls.gain = 0;
    engine.process(input, output, 0, input.length);
    expect(output.every((value) => value === 0)).toBe(true);
  });

  it('that are left undefined have their defaults', async () => {
    const model = randomModel(1);
    const input = phrase(0.5, 48000, 1);
    const options = { gain: undefined, reverb: undefined, noise: undefined };
    expect(await renderOffline(model, input, options)).toEqual(await renderOffline(model, input));
  });
});
