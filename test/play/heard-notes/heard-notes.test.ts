/** Notes in tracks of pitch and loudness whose notes are known. */

import { describe, expect, it } from 'vitest';
import { type HeardNote, heardNotes } from '../../../src/play/heard-notes/heard-notes';
import { NOTE_VALUES, NoteTracker } from '../../../src/play/heard-notes/note-tracker';
import { ValueLog } from '../../../src/play/value-log';

const FRAME = 0.01;
const statistics = { loudness: [-40, -20, 0] } as const;

interface Moment {
  /** MIDI note number; NaN: no pitch */
  readonly pitch: number;
  /** dB */
  readonly loudness: number;
}

function hear(seconds: number, at: (seconds: number) => Moment, frame = FRAME): HeardNote[] {
  const moments = Array.from({ length: Math.round(seconds / frame) }, (_, i) => at((i + 0.5) * frame));
  const f0 = Float32Array.from(moments, ({ pitch }) =>
    Number.isNaN(pitch) ? 0 : 440 * 2 ** ((pitch - 69) / 12),
  );
  return heardNotes({ f0, loudness: Float32Array.from(moments, (one) => one.loudness) }, frame, statistics);
}

const rest: Moment = { pitch: Number.NaN, loudness: -80 };
const between = (seconds: number, from: number, to: number) => seconds >= from && seconds < to;

describe('a note', () => {
  it.each([0.005, FRAME, 0.001])('has onset, end, pitch and velocity: frames of %f s', (frame) => {
    const notes = hear(1, (t) => (between(t, 0.2, 0.7) ? { pitch: 60.25, loudness: -20 } : rest), frame);
    expect(notes).toHaveLength(1);
    const [{ time, end, note, cents, velocity }] = notes;
    expect(Math.abs(time - 0.2)).toBeLessThanOrEqual(frame);
    expect(Math.abs(end - 0.7)).toBeLessThanOrEqual(frame);
    expect(note).toBe(60);
    expect(Math.abs(cents - 25)).toBeLessThanOrEqual(5);
    expect(velocity).toBeCloseTo(64, 1);
  });

  it.each([20, 50, 90])('stays one note with a vibrato of %d cents', (depth) => {
    const notes = hear(3, (t) => ({
      pitch: 64 + (depth / 100) * Math.sin(2 * Math.PI * 5.5 * t),
      loudness: -20 + 2 * Math.sin(2 * Math.PI * 5.5 * t),
    }));
    expect(notes).toHaveLength(1);
    expect(Math.abs(notes[0].note + notes[0].cents / 100 - 64)).toBeLessThan(0.1);
  });

  it('stays one note over two frames without a pitch', () => {
    const notes = hear(1, (t) => (between(t, 0.5, 0.52) ? rest : { pitch: 64, loudness: -20 }));
    expect(notes).toHaveLength(1);
  });

  it('is none if its pitch does not hold', () => {
    expect(hear(1, (t) => (between(t, 0.5, 0.54) ? { pitch: 64, loudness: -20 } : rest))).toEqual([]);
    expect(hear(1, (t) => ({ pitch: 50 + 30 * t, loudness: -20 }))).toEqual([]);
  });
});

describe('two notes', () => {
  it.each([1, 2, 7, 12, -1, -5])('without a pause, %d semitones apart', (step) => {
    const notes = hear(1, (t) => ({ pitch: t < 0.5 ? 60 : 60 + step, loudness: -20 }));
    expect(notes.map(({ note }) => note)).toEqual([60, 60 + step]);
    expect(notes[1].time).toBeCloseTo(0.505, 9);
    expect(notes[0].end).toBe(notes[1].time);
  });

  it('with a glide of a tenth of a second: the second begins in the middle of it', () => {
    const notes = hear(1.2, (t) => ({
      pitch: 60 + 5 * Math.min(Math.max((t - 0.5) / 0.1, 0), 1),
      loudness: -20,
    }));
    expect(notes.map(({ note }) => note)).toEqual([60, 65]);
    expect(Math.abs(notes[1].time - 0.55)).toBeLessThan(0.02);
  });

  it('of one pitch, with a dip of loudness between them', () => {
    const dip = (t: number) => -20 - 8 * Math.max(1 - Math.abs(t - 0.5) / 0.05, 0);
    const notes = hear(1, (t) => ({ pitch: 60, loudness: dip(t) }));
    expect(notes.map(({ note }) => note)).toEqual([60, 60]);
    expect(Math.abs(notes[1].time - 0.5)).toBeLessThan(0.02);
  });

  it('of one pitch, with a pause of 50 ms between them', () => {
    const notes = hear(1, (t) => (between(t, 0.5, 0.55) ? rest : { pitch: 60, loudness: -20 }));
    expect(notes.map(({ note }) => note)).toEqual([60, 60]);
  });
});

it('a swell is one note, and its velocity is that of its loudest moment', () => {
  const notes = hear(4, (t) => ({ pitch: 60, loudness: -30 + 20 * Math.sin((Math.PI * t) / 4) }));
  expect(notes).toHaveLength(1);
  expect(notes[0].velocity).toBeCloseTo(1 + 126 * 0.75, 0);
});

it('pitches beyond MIDI take its last numbers', () => {
  const [high] = hear(0.5, () => ({ pitch: 130, loudness: -20 }));
  expect(high.note).toBe(127);
  const [low] = hear(0.5, () => ({ pitch: -3, loudness: -20 }));
  expect(low.note).toBe(0);
});

it('nobody who drains the log: the last events are kept, and nothing grows', () => {
  const log = new ValueLog(NOTE_VALUES, 4);
  const tracker = new NoteTracker(log, 1);
  for (let i = 0; i < 10_000; i++) tracker.next(i * FRAME, i % 20 < 10 ? 440 : 0, -20, 64);
  const entries = new Float64Array(10 * NOTE_VALUES);
  expect(log.drain(entries)).toBe(4);
  expect(entries[0]).toBeGreaterThan(99);
});
