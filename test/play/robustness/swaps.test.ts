/** Models change in the middle of a note without a click, without a gap, and the old one's room rings on. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playModule } from '../../../src/dsp/play-module';
import { readModel } from '../../../src/model/file';
import type { Model } from '../../../src/model/model';
import { Crossfader } from '../../../src/play/crossfader';
import { Engine } from '../../../src/play/engine';
import { Instrument } from '../../../src/play/instrument';
import { NoteInput } from '../../../src/play/notes/note-input';
import { graphs } from '../../support/graphs';
import { configOf, randomModel, randomModelOf, smallShape } from '../../support/models';
import { clickLevel } from './clicks';

const RATE = 48000;
const F0 = 300;
/** seconds: the swap is asked for; it is over; the end */
const ASKED = 0.8;
const OVER = 1.5;
const END = 2;

/** A steady note of twelve partials, the last at 3600 Hz. */
const note = Float32Array.from({ length: END * RATE }, (_, n) => {
  let sum = 0;
  for (let k = 1; k <= 12; k++)
    sum += (0.25 / k) * Math.sin(2 * Math.PI * ((k * F0 * n) / RATE + k * k * 0.1));
  return sum;
});

async function engineOf(model: Model): Promise<Engine> {
  return new Engine(await playModule(), new Instrument(model, RATE));
}

/** Plays `note` in quanta of 128, without noise, and swaps from one model to the other. */
async function swapped(from: Model, to: Model): Promise<Float32Array> {
  const crossfader = new Crossfader(RATE);
  crossfader.controls.noise = 0;
  crossfader.setEngine(await engineOf(from));
  const next = await engineOf(to);
  const output = new Float32Array(note.length);
  for (let at = 0; at < note.length; at += 128) {
    if (at === ASKED * RATE) crossfader.setEngine(next);
    crossfader.process(note, output, at, Math.min(128, note.length - at));
  }
  return output;
}

/** What an engine plays that hears the note from sample `from` on. */
async function alone(model: Model, from = 0): Promise<Float32Array> {
  const engine = await engineOf(model);
  engine.controls.noise = 0;
  const output = new Float32Array(note.length);
  engine.process(note, output, from, note.length - from);
  return output;
}

/** dB, of a stretch in seconds */
function level(signal: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let n = Math.round(from * RATE); n < to * RATE; n++) sum += signal[n] ** 2;
  return 10 * Math.log10(sum / ((to - from) * RATE));
}

const fine = { ...smallShape, frameRate: 200, window: 2048, irLength: 9600 };
const coarse = { ...smallShape, frameRate: 50, window: 1440, harmonics: 12, irLength: null };
const models: Readonly<Record<string, Model>> = {
  'hop 240, window 2048, reverb': randomModel(1, fine),
  'hop 960, window 1440, dry': randomModel(2, coarse),
  'hop 480, decay reverb': randomModelOf({ ...configOf(smallShape), synth: graphs.decayReverb }, 3),
  violin: readModel(readFileSync('models/violin.safetensors')),
  saxophone: readModel(readFileSync('models/saxophone.safetensors')),
};
const names = Object.keys(models);
const pairs = names.map((name, i) => [name, names[(i + 1) % names.length]]);
const bothWays = [...pairs, ...pairs.map(([one, two]) => [two, one])];
const [wet, dry] = names;

describe('a swap while notes are held', () => {
  /** Holds two notes, one of them by the pedal, and swaps. */
  async function held(from: Model, to: Model): Promise<Float32Array> {
    const module = await playModule();
    const crossfader = new Crossfader(RATE);
    crossfader.controls.noise = 0;
    const input = new NoteInput();
    const play = (model: Model) => {
      const instrument = new Instrument(model, RATE);
      const engine = new Engine(module, instrument, { listening: null, voices: 4 });
      input.connect(engine, instrument);
      crossfader.setEngine(engine);
    };
    play(from);
    input.midi(0, [0xb0, 64, 127, 0x90, 57, 100, 0x90, 64, 80]);
    input.midi(4800, [0x80, 64, 0]);
    const output = new Float32Array(END * RATE);
    for (let at = 0; at < output.length; at += 128) {
      if (at === ASKED * RATE) play(to);
      crossfader.process(null, output, at, Math.min(128, output.length - at));
    }
    return output;
  }

  it.each([
    ['violin', 'saxophone'],
    ['saxophone', 'violin'],
    [wet, dry],
    ['violin', 'violin'],
  ])('leaves no gap: %s to %s', async (one, two) => {
    const output = await held(models[one], models[two]);
    const levels = [level(output, 0.6, 0.8), level(output, 1.8, 2)];
    for (let t = ASKED; t < OVER; t += 0.025) {
      expect(level(output, t, t + 0.1)).toBeGreaterThan(Math.min(...levels) - 1);
    }
  });
});

describe('a swap in the middle of a note', () => {
  const where = { from: 14_000, sampleRate: RATE, begin: (ASKED - 0.5) * RATE, end: (OVER - 0.5) * RATE };
  /** what is left above the partials of a note that goes on, and what a click adds, dB */
  const QUIET = 15;
  const CLICK = 50;

  it.each([
    [wet, dry],
    [dry, wet],
  ])('does not click: %s to %s', async (one, two) => {
    const output = await swapped(models[one], models[two]);
    expect(clickLevel(output.subarray(RATE / 2), where)).toBeLessThan(QUIET);
    const cut = await alone(models[one]);
    cut.set((await alone(models[two])).subarray(RATE), RATE);
    expect(clickLevel(cut.subarray(RATE / 2), where)).toBeGreaterThan(CLICK);
  });

  /** dB: sounds in the same phase add up; rooms may differ */
  const DIP = 1.5;

  it.each(bothWays)('leaves no gap and no bump: %s to %s', async (one, two) => {
    const output = await swapped(models[one], models[two]);
    const levels = [level(output, 0.6, 0.8), level(output, 1.8, 2)];
    for (let t = ASKED; t < OVER; t += 0.01) {
      const now = level(output, t, t + 0.02);
      expect(now).toBeGreaterThan(Math.min(...levels) - DIP);
      expect(now).toBeLessThan(Math.max(...levels) + 3);
    }
  });

  it('lets the reverb of the old model ring on, and end', async () => {
    const output = await swapped(models[wet], models[dry]);
    const { ir: _, ...tensors } = models[wet].tensors;
    const processors = models[wet].synth.processors.slice(0, -1);
    const without = await swapped({ ...models[wet], synth: { processors }, tensors }, models[dry]);
    const left = output.map((value, n) => value - without[n]);
    // 0.2 s of response, from the end of the crossfade at about 1.03 s on
    expect(level(left, 1.06, 1.08) - level(output, 0.6, 0.8)).toBeGreaterThan(-45);
    expect(level(left, 1.15, 1.17) - level(left, 1.06, 1.08)).toBeLessThan(-3);
    expect(left.subarray(1.3 * RATE).every((value) => value === 0)).toBe(true);
  });
});
