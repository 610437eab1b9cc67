/** Notes played by a model: when they begin, how high and how loud they are, and that nothing clicks or hangs. */

import { beforeAll, describe, expect, it } from 'vitest';
import { playModule } from '../../../src/dsp/play-module';
import type { Model } from '../../../src/model/model';
import { Engine } from '../../../src/play/engine';
import { Instrument } from '../../../src/play/instrument';
import { NoteInput } from '../../../src/play/notes/note-input';
import { renderNotes } from '../../../src/play/notes/render-notes';
import { loudnessVelocity, velocityLoudness } from '../../../src/play/notes/velocity';
import { randomiser } from '../../support/kernels';
import { randomModel, smallShape } from '../../support/models';

const RATE = 48000;
const HOP = 480;
const model = randomModel(5, { ...smallShape, irLength: 400 });
const dry = randomModel(5, { ...smallShape, irLength: null });
let module: WebAssembly.Module;

beforeAll(async () => {
  module = await playModule();
});

/** Plays events on an engine in pieces of the given sizes. */
function play(
  played: Model,
  seconds: number,
  voices: number,
  schedule: (input: NoteInput) => void,
  pieces: () => number = () => 512,
): Float32Array {
  const instrument = new Instrument(played, RATE);
  const engine = new Engine(module, instrument, { listening: null, voices: 2 * voices });
  const input = new NoteInput();
  input.connect(engine, instrument);
  schedule(input);
  const out = new Float32Array(Math.round(seconds * RATE));
  for (let at = 0; at < out.length; ) {
    const count = Math.min(pieces(), out.length - at);
    engine.process(null, out, at, count);
    at += count;
  }
  return out.slice(engine.latency);
}

function firstSound(samples: Float32Array): number {
  return samples.findIndex((sample) => Math.abs(sample) > 1e-9);
}

function peak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

describe('a note', () => {
  it.each([0, 1, 239, 240, 241, 479, 480, 12_345])('begins exactly at its time: sample %i', (at) => {
    const out = play(dry, 0.6, 4, (input) => input.noteOn(at, 69, 100));
    const first = firstSound(out);
    expect(first).toBeGreaterThanOrEqual(at);
    expect(first).toBeLessThanOrEqual(at + 2);
  });

  it('sounds the same wherever it begins', () => {
    const [first, ...others] = [0, 1, 100, 240, 333, 479, 480, 777].map((at) => {
      const sound = play(model, 0.8, 2, (input) => {
        input.noteOn(at, 64, 90);
        input.noteOff(at + 9600, 64);
      });
      return sound.subarray(at, at + 24_000);
    });
    // a release takes effect at the next frame of the voice, up to a hop early
    for (const other of others) {
      let worst = 0;
      for (let i = 0; i < 8600; i++) worst = Math.max(worst, Math.abs(other[i] - first[i]));
      expect(worst).toBeLessThan(1e-5 * Math.max(peak(first), 1e-3));
    }
  });

  it('is louder the higher its velocity, over all that the model learned', () => {
    const { statistics } = model;
    let last = Number.NEGATIVE_INFINITY;
    for (let velocity = 1; velocity <= 127; velocity++) {
      const loudness = velocityLoudness(velocity, statistics);
      expect(loudness).toBeGreaterThan(last);
      expect(loudnessVelocity(loudness, statistics)).toBeCloseTo(velocity, 9);
      last = loudness;
    }
    expect(velocityLoudness(1, statistics)).toBe(statistics.loudness[0]);
    expect(velocityLoudness(127, statistics)).toBe(statistics.loudness[2]);
  });
});

describe('any schedule', () => {
  it('gives the same sound however the stream is cut', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const random = randomiser(seed);
      const events = Array.from({ length: 40 }, () => ({
        at: Math.floor(random() * RATE),
        note: 48 + Math.floor(random() * 24),
        velocity: 1 + Math.floor(random() * 126),
        length: Math.floor(random() * 20_000),
      }));
      const schedule = (input: NoteInput) => {
        for (const { at, note, velocity, length } of events) {
          input.noteOn(at, note, velocity);
          input.noteOff(at + length, note);
        }
      };
      const whole = play(model, 2, 4, schedule, () => 96_000);
      const cut = play(model, 2, 4, schedule, () => 1 + Math.floor(random() * 700));
      let worst = 0;
      for (let i = 0; i < whole.length; i++) worst = Math.max(worst, Math.abs(whole[i] - cut[i]));
      expect(worst).toBeLessThan(1e-6);
      expect(peak(whole)).toBeGreaterThan(1e-4);
    }
  });

  it('of random bytes stays finite, and ends silent after allNotesOff', () => {
    const random = randomiser(9);
    const out = play(model, 12, 4, (input) => {
      for (let at = 0; at < 8 * RATE; at += 2000) {
        const bytes = Uint8Array.from({ length: 12 }, () =>
          random() < 0.3 ? 0x80 + Math.floor(random() * 0x70) : Math.floor(random() * 256),
        );
        input.midi(at, bytes);
      }
      input.allNotesOff(8 * RATE);
    });
    expect(out.every((sample) => Number.isFinite(sample))).toBe(true);
    expect(peak(out.subarray(11 * RATE))).toBeLessThan(1e-7);
  });
});

describe('voices', () => {
  it('are taken from the oldest note, without a jump', () => {
    const out = play(dry, 1, 2, (input) => {
      input.noteOn(0, 60, 100);
      input.noteOn(9600, 64, 100);
      input.noteOn(19_200 + 100, 67, 100);
    });
    // around the steal nothing jumps by more than elsewhere
    const steepest = (from: number, to: number) => {
      let most = 0;
      for (let i = from; i < to; i++) most = Math.max(most, Math.abs(out[i] - out[i - 1]));
      return most;
    };
    expect(steepest(19_200, 20_400)).toBeLessThan(1.5 * steepest(10_000, 19_000) + 1e-4);
  });

  it('all stop at once in a panic, and notes that wait are forgotten', () => {
    const instrument = new Instrument(dry, RATE);
    const engine = new Engine(module, instrument, { listening: null, voices: 8 });
    const input = new NoteInput();
    input.connect(engine, instrument);
    for (const [i, note] of [60, 64, 67].entries()) input.noteOn(9600 * i, note, 100);
    const out = new Float32Array(RATE);
    engine.process(null, out, 0, 12_000);
    input.panic();
    engine.process(null, out, 12_000, RATE - 12_000);
    expect(peak(out.subarray(11_000, 12_000))).toBeGreaterThan(1e-3);
    expect(peak(out.subarray(12_000 + 3 * engine.hop))).toBeLessThan(1e-7);
  });

  it('never sound more notes than there are', () => {
    const instrument = new Instrument(dry, RATE);
    const engine = new Engine(module, instrument, { listening: null, voices: 6 });
    const input = new NoteInput();
    input.connect(engine, instrument);
    for (let i = 0; i < 50; i++) input.noteOn(i * 37, 40 + i, 100);
    const out = new Float32Array(RATE);
    engine.process(null, out, 0, out.length);
    expect(engine.voices.filter(({ source }) => source).length).toBeLessThanOrEqual(3);
  });
});

describe('renderNotes', () => {
  it('renders a score with its release and tail', async () => {
    const out = await renderNotes(dry, [
      { note: 60, time: 0.1, duration: 0.3 },
      { note: 67, velocity: 30, time: 0.2, duration: 0.3 },
      { time: 0.25, bytes: [0xe0, 0, 0x50] },
    ]);
    expect(firstSound(out)).toBeGreaterThanOrEqual(Math.round(0.1 * RATE));
    expect(firstSound(out)).toBeLessThanOrEqual(Math.round(0.1 * RATE) + 2);
    expect(peak(out.subarray(-HOP))).toBeLessThan(1e-6);
  });

  it.each([
    [[{ note: 200, time: 0, duration: 1 }], {}, 'notes[0].note'],
    [[{ note: 60, velocity: 0, time: 0, duration: 1 }], {}, 'notes[0].velocity'],
    [[{ note: 60, time: -1, duration: 1 }], {}, 'notes[0].time'],
    [[{ note: 60, time: 0 }], {}, 'notes[0].duration'],
    [[{ pitch: 60, time: 0, duration: 1 }], {}, 'notes[0].pitch'],
    [[], { voices: 0 }, 'voices'],
    [[], { mode: 'legato' }, 'mode'],
    [[], { listening: {} }, 'listening'],
  ])('refuses %j, %j by name', async (notes, options, option) => {
    await expect(renderNotes(model, notes as never, options as never)).rejects.toMatchObject({
      code: 'option',
      option,
    });
  });
});
