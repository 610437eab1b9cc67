/** Articulation learned from tracks whose notes are known. */

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { PLAIN_ARTICULATION } from '../../../src/model/articulation';
import { articulationSchema } from '../../../src/model/articulation-schema';
import { ArticulationLearner } from '../../../src/train/articulation/learn';

const FRAME = 0.01;
const statistics = { loudness: [-40, -20, 0] } as const;

interface Played {
  readonly time: number;
  readonly length: number;
  /** MIDI note number */
  readonly pitch: number;
  /** dB */
  readonly loudness: number;
  /** seconds until it is as loud as it will be, from 30 dB below */
  readonly attack: number;
  /** dB a second after its end */
  readonly fall?: number;
  /** cents at its beginning, gone after 0.1 s */
  readonly scoop?: number;
  /** Hz and cents of a vibrato that begins after 0.3 s */
  readonly vibrato?: readonly [rate: number, depth: number];
}

/** A recording of notes, in order. @param frame seconds */
function record(notes: readonly Played[], frame = FRAME) {
  const { time, length } = notes[notes.length - 1];
  const count = Math.ceil((time + length + 1) / frame);
  const f0 = new Float32Array(count);
  const loudness = new Float32Array(count).fill(-80);
  for (const note of notes) {
    for (let i = Math.ceil(note.time / frame - 0.5); i < count; i++) {
      const age = (i + 0.5) * frame - note.time;
      const over = age - note.length;
      const level = -30 * Math.max(1 - age / note.attack, 0) - (note.fall ?? 1000) * Math.max(over, 0);
      loudness[i] = Math.max(note.loudness + level, -80);
      const [rate, depth] = note.vibrato ?? [0, 0];
      const cents =
        (note.scoop ?? 0) * Math.max(1 - age / 0.1, 0) +
        (age > 0.3 ? depth * Math.sin(2 * Math.PI * rate * (age - 0.3)) : 0);
      f0[i] = over < 0.05 ? 440 * 2 ** ((note.pitch - 69 + cents / 100) / 12) : 0;
    }
  }
  return { f0, loudness };
}

/** Notes with pauses between them, each a variation of the first. */
function scale(count: number, note: (i: number) => Omit<Played, 'time'>): Played[] {
  let time = 0.5;
  return Array.from({ length: count }, (_, i) => {
    const played = { ...note(i), time };
    time += played.length + 1;
    return played;
  });
}

function learn(track: ReturnType<typeof record>, frame = FRAME) {
  const learner = new ArticulationLearner(statistics);
  learner.add(track, frame);
  return learner.learn();
}

const steady = { length: 0.8, pitch: 60, loudness: -20, attack: 0.1 };

describe('attacks', () => {
  it.each([FRAME, 0.005, 0.02])('are those of soft and of loud notes: frames of %f s', (frame) => {
    const notes = scale(60, (i) => ({
      ...steady,
      pitch: 55 + (i % 12),
      loudness: i % 2 === 0 ? -30 : -5,
      attack: i % 2 === 0 ? 0.2 : 0.06,
    }));
    const { attacks, step } = learn(record(notes, frame), frame)!;
    const soft = attacks[0];
    const loud = attacks[attacks.length - 1];
    expect(Math.abs(soft.loudness + 30)).toBeLessThan(1);
    expect(Math.abs(loud.loudness + 5)).toBeLessThan(1);
    for (const [{ level }, attack] of [
      [soft, 0.2],
      [loud, 0.06],
    ] as const) {
      level.forEach((decibels, i) => {
        const played = -30 * Math.max(1 - (i * step) / attack, 0);
        expect(Math.abs(decibels - played)).toBeLessThan(Math.max(3, (45 * frame) / attack));
      });
      expect(level[level.length - 1]).toBe(0);
      expect(level.length * step).toBeLessThanOrEqual(0.32);
    }
    expect(loud.level[5]).toBeGreaterThan(soft.level[5] + 15);
  });

  it('bring the scoop of their pitch', () => {
    const { attacks, step } = learn(record(scale(20, () => ({ ...steady, scoop: -40 }))))!;
    attacks[0].pitch.forEach((cents, i) => {
      expect(Math.abs(cents + 40 * Math.max(1 - (i * step) / 0.1, 0))).toBeLessThan(5);
    });
  });

  it('are learned in spite of some notes of another kind', () => {
    const notes = scale(40, (i) => ({ ...steady, attack: i % 5 === 0 ? 0.4 : 0.05 }));
    const [{ level }] = learn(record(notes))!.attacks;
    expect(level[6]).toBeGreaterThan(-3);
  });
});

describe('the release', () => {
  it('falls as the notes do, and ends in silence', () => {
    const { release, step } = learn(record(scale(20, () => ({ ...steady, fall: 150 }))))!;
    expect(release[0]).toBe(0);
    const fallen = (release[20] - release[4]) / (16 * step);
    expect(Math.abs(fallen + 150)).toBeLessThan(15);
    expect(release[release.length - 1]).toBeLessThanOrEqual(-60);
    expect([...release].sort((a, b) => b - a)).toEqual(release);
  });

  it('is plain where no note ends before the next begins', () => {
    const notes = scale(20, (i) => ({ ...steady, pitch: 60 + (i % 2) })).map((note, i) => ({
      ...note,
      time: 0.5 + 0.8 * i,
      length: i === 19 ? 60 : 0.8,
      attack: 0.05,
    }));
    expect(learn(record(notes))!.release).toEqual(PLAIN_ARTICULATION.release);
  });
});

describe('legato', () => {
  it('is the glide and the dip between joined notes', () => {
    const joined = record(
      scale(40, (i) => ({ ...steady, pitch: 60 + 2 * (i % 3), length: 0.5, attack: 0.05 })),
    );
    // phrases of three notes: the second and third are reached in a glide of 60 ms, with a dip of 2 dB
    const phrases = Array.from({ length: 20 }, (_, i) => i * 2 + 0.5);
    const f0 = new Float32Array(4200);
    const loudness = new Float32Array(4200).fill(-80);
    for (const begin of phrases) {
      for (let i = 0; i < 150; i++) {
        const at = Math.round(begin / FRAME) + i;
        const age = (i + 0.5) * FRAME;
        const eased = (from: number) => {
          const share = Math.min(Math.max((age - from) / 0.06, 0), 1);
          return share * share * (3 - 2 * share);
        };
        const dip = (from: number) => 2 * Math.sin(Math.PI * Math.min(Math.max((age - from) / 0.06, 0), 1));
        f0[at] = 262 * 2 ** ((4 * eased(0.5) - 2 * eased(1)) / 12);
        loudness[at] = -20 - 25 * Math.max(1 - age / 0.05, 0) - dip(0.5) - dip(1);
      }
    }
    const { legato } = learn({ f0, loudness })!;
    expect(Math.abs(legato.glide - 0.06)).toBeLessThan(0.02);
    expect(Math.abs(legato.dip - 2)).toBeLessThan(0.6);
    // notes that are struck one by one tell nothing of it
    expect(learn(joined)!.legato).toEqual(PLAIN_ARTICULATION.legato);
  });
});

describe('vibrato', () => {
  it.each([
    [5.5, 20],
    [4.5, 50],
    [6.5, 10],
  ])('has its rate and depth: %f Hz, %d cents', (rate, depth) => {
    const notes = scale(20, () => ({ ...steady, length: 2, vibrato: [rate, depth] as const }));
    const { vibrato } = learn(record(notes))!;
    expect(Math.abs(vibrato.rate - rate)).toBeLessThan(0.1);
    expect(Math.abs(vibrato.depth - depth)).toBeLessThan(0.08 * depth + 0.5);
    expect(vibrato.rateDeviation).toBeLessThan(0.3);
    expect(vibrato.depthDeviation).toBeLessThan(0.1 * depth + 0.5);
    expect(Math.abs(vibrato.delay - 0.35)).toBeLessThan(0.15);
  });

  it('varies as it does from cycle to cycle', () => {
    const notes = scale(20, (i) => ({
      ...steady,
      length: 2,
      vibrato: [5.5, i % 2 === 0 ? 10 : 30] as const,
    }));
    const { vibrato } = learn(record(notes))!;
    // notes differ, the cycles of a note do not
    expect(vibrato.depthDeviation).toBeLessThan(4);
  });

  it('has no depth where hardly a note vibrates', () => {
    const notes = scale(20, (i) => ({
      ...steady,
      length: 2,
      vibrato: i === 7 ? ([5.5, 30] as const) : undefined,
    }));
    expect(learn(record(notes))!.vibrato).toEqual({ ...PLAIN_ARTICULATION.vibrato, depth: 0 });
  });
});

describe('too few notes', () => {
  it.each([0, 1, 5, 11])('%d give no articulation', (count) => {
    if (count === 0)
      expect(learn({ f0: new Float32Array(500), loudness: new Float32Array(500) })).toBe(undefined);
    else expect(learn(record(scale(count, () => steady)))).toBe(undefined);
  });

  it('of several recordings count together', () => {
    const learner = new ArticulationLearner(statistics);
    for (let i = 0; i < 3; i++) learner.add(record(scale(5, () => steady)), FRAME);
    expect(learner.learn()).toBeDefined();
  });
});

it('whatever is learned fits a model file', () => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const noisy = record(
    scale(60, () => ({
      length: 0.2 + random(),
      pitch: 40 + 50 * random(),
      loudness: -50 + 60 * random(),
      attack: 0.01 + 0.3 * random(),
      fall: 20 + 400 * random(),
      scoop: -300 * random(),
      vibrato: [9 * random(), 200 * random()] as const,
    })),
  );
  for (let i = 0; i < noisy.f0.length; i++) {
    if (random() < 0.1) noisy.f0[i] *= 2;
    noisy.loudness[i] += 10 * (random() - 0.5);
  }
  const learned = learn(noisy)!;
  expect(v.safeParse(articulationSchema, learned).success).toBe(true);
  expect(JSON.stringify(learned).length).toBeLessThan(3000);
});
