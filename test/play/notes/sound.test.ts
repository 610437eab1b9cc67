/** What notes and controllers sound like: their time, pitch and level, and that nothing clicks. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/model/file';
import type { NoteInput } from '../../../src/play/notes/note-input';
import { randomiser } from '../../support/kernels';
import { randomModel, smallShape } from '../../support/models';
import { clickLevel } from '../robustness/clicks';
import { frequency } from '../robustness/frequency';
import { play } from './playing';

const RATE = 48000;
const violin = readModel(readFileSync('models/violin.safetensors'));
const dry = randomModel(5, { ...smallShape, irLength: null });
/** a partial of every note below stays under 8 kHz */
const pure = randomModel(5, { ...smallShape, harmonics: 12, irLength: null });
const quiet = { voices: 2, noise: 0 };

const cents = (hz: number, reference: number) => 1200 * Math.log2(hz / reference);

function decibels(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, v) => sum + v * v, 1e-20) / samples.length);
}

function peak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

describe('the time of notes', () => {
  it('is exact whatever the pieces, and however many begin in a block: each sounds as it does alone', async () => {
    const random = randomiser(2);
    const notes = Array.from({ length: 7 }, (_, i) => ({
      at: 20_000 + Math.floor(480 * random()),
      key: 45 + 4 * i,
      velocity: 30 + 10 * i,
    }));
    const pieces = () => 1 + Math.floor(random() * 700);
    const options = { seconds: 0.8, voices: 8, noise: 0, pieces };
    const together = await play(dry, options, (input) => {
      for (const { at, key, velocity } of notes) input.noteOn(at, key, velocity);
    });
    const sum = new Float32Array(together.length);
    for (const { at, key, velocity } of notes) {
      const alone = await play(dry, options, (input) => input.noteOn(at, key, velocity));
      expect(alone.findIndex((v) => v !== 0)).toBeGreaterThanOrEqual(at);
      expect(alone.findIndex((v) => Math.abs(v) > 1e-9)).toBeLessThanOrEqual(at + 2);
      alone.forEach((v, n) => {
        sum[n] += v;
      });
    }
    expect(peak(sum)).toBeGreaterThan(0.01);
    expect(sum.reduce((worst, v, n) => Math.max(worst, Math.abs(v - together[n])), 0)).toBeLessThan(1e-6);
  });

  it.each([0, 1, 271, 272, 273, 752, 9000])(
    'is exact from sample %d of an engine that listens',
    async (at) => {
      const options = { seconds: 0.4, voices: 1, noise: 0 };
      const note = (input: NoteInput) => input.noteOn(at, 60, 90);
      const alone = await play(dry, options, note);
      const beside = await play(dry, { ...options, listening: true }, note);
      const listener = await play(dry, { ...options, listening: true }, () => {});
      const apart = alone.map((v, n) => v + listener[n] - beside[n]);
      expect(peak(alone)).toBeGreaterThan(0.01);
      expect(peak(apart)).toBeLessThan(1e-6);
    },
  );
});

describe('the pitch of notes', () => {
  const held = (schedule: (input: NoteInput) => void) => play(pure, { ...quiet, seconds: 3 }, schedule);
  const hz = (out: Float32Array, near: number) => frequency(out.subarray(RATE), near, RATE);

  it('is 440 Hz for an A4, to a hundredth of a cent', async () => {
    const out = await held((input) => input.noteOn(0, 69, 100));
    expect(Math.abs(cents(hz(out, 440), 440))).toBeLessThan(0.01);
  });

  it.each<[string, number[], number]>([
    ['a bend of two semitones', [0xe0, 0x7f, 0x7f], 2 * (8191 / 8192)],
    ['a bend by the range of RPN 0', [0xb0, 101, 0, 100, 0, 6, 12, 38, 50, 0xe0, 0, 0], -12.5],
    [
      "an MPE member, its own bend and its master's",
      [0xb0, 101, 0, 100, 6, 6, 3, 0xe1, 0, 68, 0xe0, 0, 96],
      48 / 16 + 1,
    ],
  ])('follows %s', async (_, bytes, semitones) => {
    const out = await held((input) => {
      input.midi(0, bytes);
      input.noteOn(10, 60, 100, 1 * Number(bytes.includes(0xe1)));
    });
    const expected = 440 * 2 ** ((60 + semitones - 69) / 12);
    expect(Math.abs(cents(hz(out, expected), expected))).toBeLessThan(0.02);
  });

  it('goes without a jump through bends, glides and legato', async () => {
    const glides = {
      bend: (input: NoteInput) => input.midi(RATE, [0xe0, 0, 0]),
      'portamento between notes': (input: NoteInput) => {
        input.midi(0, [0xb0, 65, 127]);
        input.noteOn(RATE, 67, 100);
      },
      legato: (input: NoteInput) => input.noteOn(RATE, 67, 100),
    };
    for (const [name, glide] of Object.entries(glides)) {
      const mode = name === 'legato' ? 'mono' : 'poly';
      const out = await play(pure, { ...quiet, seconds: 2, mode }, (input) => {
        input.noteOn(0, 60, 100);
        glide(input);
      });
      const where = { from: 14_000, sampleRate: RATE, begin: 0.4 * RATE, end: 0.7 * RATE };
      expect(clickLevel(out.subarray(RATE / 2), where), name).toBeLessThan(12);
    }
  });

  it('takes the time of CC 5 to glide', async () => {
    /** Seconds until the pitch has arrived, by zero crossings. */
    const arrival = async (value: number) => {
      const out = await play(pure, { ...quiet, seconds: 2.5, mode: 'mono' }, (input) => {
        input.midi(0, [0xb0, 5, value]);
        input.noteOn(0, 60, 100);
        input.noteOn(RATE, 72, 100);
      });
      for (let at = 1; at < 2.4; at += 0.01) {
        const stretch = out.subarray(at * RATE, at * RATE + 4800);
        if (Math.abs(correlationPeriod(stretch) - RATE / 523.25) < 1) return at - 1;
      }
      return Number.POSITIVE_INFINITY;
    };
    const [short, asLearned, long] = [await arrival(0), await arrival(64), await arrival(127)];
    expect(short).toBeLessThanOrEqual(asLearned);
    expect(long).toBeGreaterThan(asLearned + 0.2);
  });
});

/** Samples of the period that fits best, from 70 to 200. */
function correlationPeriod(x: Float32Array): number {
  let [best, at] = [Number.NEGATIVE_INFINITY, 0];
  for (let lag = 70; lag <= 200; lag++) {
    let sum = 0;
    for (let n = 200; n < x.length; n++) sum += x[n] * x[n - lag];
    if (sum > best) [best, at] = [sum, lag];
  }
  return at;
}

describe('controllers', () => {
  /** Level of the second second of a note, after bytes in its first. */
  const level = async (bytes: number[], velocity = 64) => {
    const out = await play(violin, { seconds: 2, voices: 1 }, (input) => {
      input.noteOn(0, 60, velocity);
      input.midi(4800, bytes);
    });
    return decibels(out.subarray(1.2 * RATE));
  };

  it('change loudness, gain and nothing else', async () => {
    const plain = await level([]);
    expect(await level([0xb0, 7, 50])).toBeCloseTo(plain - 12.04, 1);
    for (const bytes of [
      [0xb0, 2, 20],
      [0xb0, 11, 20],
    ])
      expect(await level(bytes), String(bytes)).toBeLessThan(plain - 6);
    for (const bytes of [
      [0xd0, 127],
      [0xa0, 60, 127],
    ])
      expect(await level(bytes), String(bytes)).toBeGreaterThan(plain + 2);
    for (const bytes of [
      [0xb0, 74, 120],
      [0xa0, 61, 127],
      [0xb1, 7, 0],
      [0xc0, 5],
      [0xb0, 2, 20, 0xb0, 121, 0],
    ]) {
      expect(await level(bytes), String(bytes)).toBeCloseTo(plain, 1);
    }
  });

  it.each<[string, number[], number[], boolean]>([
    ['the pedal holds a note', [0xb0, 64, 127, 0x80, 60, 0], [], true],
    ['until it is lifted', [0xb0, 64, 127, 0x80, 60, 0], [0xb0, 64, 0], false],
    ['or controllers are reset', [0xb0, 64, 127, 0x80, 60, 0], [0xb0, 121, 0], false],
    ['all notes off waits for the pedal', [0xb0, 64, 127], [0xb0, 123, 0], true],
    ['all notes off releases', [], [0xb0, 123, 0], false],
    ['all sound off ends at once', [0xb0, 64, 127], [0xb0, 120, 0], false],
    ["a master's pedal holds members", [0xbf, 101, 0, 100, 6, 6, 15, 0xbf, 64, 127, 0x80, 60, 0], [], true],
    ['until it is lifted', [0xbf, 101, 0, 100, 6, 6, 15, 0xbf, 64, 127, 0x80, 60, 0], [0xbf, 64, 0], false],
    ["a master's all sound off ends members", [0xbf, 101, 0, 100, 6, 6, 15], [0xbf, 120, 0], false],
    [
      'an upper zone of all replaces a lower',
      [0xb0, 101, 0, 100, 6, 6, 15, 0xbf, 101, 0, 100, 6, 6, 15],
      [0xbf, 120, 0],
      false,
    ],
  ])('%s', async (_, first, then, sounds) => {
    const out = await play(dry, { seconds: 2, voices: 2 }, (input) => {
      input.noteOn(0, 60, 100);
      input.midi(4800, first);
      input.midi(0.6 * RATE, then);
    });
    expect(peak(out.subarray(1.4 * RATE)) > 1e-4).toBe(sounds);
  });
});

describe('nothing clicks', () => {
  const at = RATE;
  it.each<[string, (input: NoteInput) => void]>([
    ['a note again while it sounds', (input) => input.noteOn(at, 60, 100)],
    [
      'a note that is stolen',
      (input) => {
        input.noteOn(at, 64, 90);
        input.noteOn(at + 100, 67, 90);
      },
    ],
    ['a bend from end to end', (input) => input.midi(at, [0xe0, 0, 0, 0x7f, 0x7f])],
    ['the volume', (input) => input.midi(at, [0xb0, 7, 20])],
    ['pressure', (input) => input.midi(at, [0xd0, 127])],
    ['the pedal', (input) => input.midi(at, [0xb0, 64, 127, 0x80, 60, 0, 0xb0, 64, 0])],
    ['release', (input) => input.noteOff(at, 60)],
    ['all sound off', (input) => input.midi(at, [0xb0, 120, 0])],
    ['all notes off', (input) => input.allNotesOff(at)],
  ])('at %s', async (_, event) => {
    const out = await play(pure, { ...quiet, seconds: 2 }, (input) => {
      input.noteOn(0, 60, 100);
      event(input);
    });
    const where = { from: 14_000, sampleRate: RATE, begin: 0.45 * RATE, end: 0.6 * RATE };
    expect(clickLevel(out.subarray(RATE / 2), where)).toBeLessThan(CLICK - 20);
  });

  /** What a note that is cut adds, dB. */
  const CLICK = 45;

  it('as a cut would', async () => {
    const out = await play(pure, { ...quiet, seconds: 2 }, (input) => input.noteOn(0, 60, 100));
    out.fill(0, at + 37);
    const where = { from: 14_000, sampleRate: RATE, begin: 0.45 * RATE, end: 0.6 * RATE };
    expect(clickLevel(out.subarray(RATE / 2), where)).toBeGreaterThan(CLICK);
  });
});
