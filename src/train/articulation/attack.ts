/** How notes begin: curves of loudness and pitch, for soft and for loud notes. */

import { median } from '../../dsp/quantile';
import type { Attack } from '../../model/articulation';
import { CURVE_STEP, rounded } from './curves';
import { medianCurve } from './order';
import type { Moments, PlayedNote } from './played-note';

/** Seconds from the onset on that are learned. */
export const ATTACK_SECONDS = 0.3;
/** dB of rise from which a note has an attack; what rises less is joined to the note before. */
const RISE = 3;
/** dB of rise from which a note began out of silence, or nearly so. */
const FROM_REST = 12;
/** Notes out of silence that are enough to learn from them alone. */
const ENOUGH = 24;
/** Notes that a curve is learned from, at least; and curves, at most. */
const GROUP = 12;
const MOST_GROUPS = 5;
/** Cents beyond which a pitch is an error of the analysis. */
const WILD = 150;

/** The beginning of one note, relative to its sustained part; one value per CURVE_STEP. */
export interface Beginning {
  readonly loudness: number;
  readonly rise: number;
  /** dB; until the note fades */
  readonly level: readonly number[];
  /** cents; NaN: no pitch */
  readonly pitch: readonly number[];
}

export function beginning(note: PlayedNote, moments: Moments): Beginning {
  const { loudness, rise, onset, fades } = note;
  const count = Math.floor((Math.min(ATTACK_SECONDS, fades - onset) + 1e-9) / CURVE_STEP) + 1;
  // as in playing, the first value belongs to a moment half a step behind the onset
  const times = Array.from({ length: Math.max(count, 1) }, (_, i) => onset + i * CURVE_STEP);
  const level = times.map((seconds) => moments.loudness(seconds) - loudness);
  const pitch = times.map((seconds) => {
    const cents = 100 * (moments.pitch(seconds) - note.pitch);
    return Math.abs(cents) < WILD ? cents : Number.NaN;
  });
  return { loudness, rise, level, pitch };
}

/** The notes that attacks are learned from: those out of silence where there are enough, else all that rise. */
export function attacked(beginnings: readonly Beginning[]): readonly Beginning[] {
  const fromRest = beginnings.filter(({ rise }) => rise >= FROM_REST);
  return fromRest.length >= ENOUGH ? fromRest : beginnings.filter(({ rise }) => rise >= RISE);
}

/** @returns curves, softest first; none if there are too few notes */
export function learnAttacks(beginnings: readonly Beginning[]): Attack[] {
  const notes = [...attacked(beginnings)].sort((a, b) => a.loudness - b.loudness);
  const groups = Math.min(Math.floor(notes.length / GROUP), MOST_GROUPS);
  return Array.from({ length: groups }, (_, i) => {
    const from = Math.floor((i * notes.length) / groups);
    const to = Math.floor(((i + 1) * notes.length) / groups);
    return learnAttack(notes.slice(from, to));
  });
}

function learnAttack(notes: readonly Beginning[]): Attack {
  const least = Math.max(Math.ceil(notes.length / 3), 3);
  const level = medianCurve(
    notes.map((note) => note.level),
    least,
  );
  return {
    loudness: rounded(median(notes.map(({ loudness }) => loudness))),
    level: settled(level).map(rounded),
    pitch: scoop(notes, least),
  };
}

/** The curve, its last third led to 0: what is held beyond it is the sustained note. */
function settled(level: readonly number[]): number[] {
  const last = level.length - 1;
  const late = Math.ceil(level.length / 3);
  return level.map((value, i) => value - level[last] * Math.max(1 - (last - i) / late, 0));
}

/** The pitch before enough notes have one is that of the first moment at which they do. */
function scoop(notes: readonly Beginning[], least: number): number[] {
  const middle: number[] = [];
  for (let i = 0; i < ATTACK_SECONDS / CURVE_STEP; i++) {
    const cents = notes.map(({ pitch }) => pitch[i]).filter((value) => Number.isFinite(value));
    if (cents.length >= least) middle[i] = median(cents);
    else if (middle.length > 0) break;
  }
  const first = middle.findIndex((value) => value !== undefined);
  if (first < 0) return [0];
  return [...Array.from(middle, (value) => rounded(value ?? middle[first])), 0];
}
