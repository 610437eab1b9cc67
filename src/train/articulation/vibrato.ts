/** Vibrato: measures a note's, cycle by cycle, and learns a player's. */

import { median } from '../../dsp/quantile';
import type { Vibrato } from '../../model/articulation';
import { deviation } from './order';
import type { Moments, PlayedNote } from './played-note';

export interface VibratoCycle {
  /** seconds from the note's onset to the cycle's middle */
  readonly time: number;
  /** Hz */
  readonly rate: number;
  /** cents from the middle to a peak */
  readonly depth: number;
}

/** Seconds of a note that vibrato is looked for in; shorter ones have too few cycles. */
const SHORTEST = 0.5;
/** Seconds before its end that are left out. */
const END = 0.05;
/** Seconds over which the slow movement of the pitch is averaged: two cycles of the slowest vibrato and more. */
const SLOW = 0.5;
/** Hz between which a movement of the pitch is vibrato. */
const SLOWEST = 3;
const FASTEST = 9;
/** Cents beyond which a pitch is an error of the analysis. */
const WILD = 250;

/** @returns null for a note that is too short; its cycles, which may be none, otherwise */
export function vibratoCycles(note: PlayedNote, moments: Moments): VibratoCycle[] | null {
  const to = note.end - END;
  if (to - note.onset < SHORTEST) return null;
  const step = moments.frameSeconds;
  const times: number[] = [];
  const cents: number[] = [];
  for (let seconds = note.onset; seconds <= to; seconds += step) {
    const away = 100 * (moments.pitch(seconds) - note.pitch);
    if (!(Math.abs(away) < WILD)) continue;
    times.push(seconds - note.onset);
    cents.push(away);
  }
  const fast = withoutSlow(cents, Math.round(SLOW / step / 2));
  return cycles(times, fast);
}

/** Takes away a mean under a window of 2 reach + 1 values (Hann), which is narrower at the ends. */
function withoutSlow(values: readonly number[], reach: number): number[] {
  return values.map((value, i) => {
    let sum = 0;
    let total = 0;
    const most = Math.min(reach, i, values.length - 1 - i);
    for (let k = -most; k <= most; k++) {
      const weight = 1 + Math.cos((Math.PI * k) / (most + 1));
      sum += weight * values[i + k];
      total += weight;
    }
    return value - sum / total;
  });
}

/** From one upward crossing of the middle to the next. */
function cycles(times: readonly number[], fast: readonly number[]): VibratoCycle[] {
  const found: VibratoCycle[] = [];
  let begun = Number.NaN;
  let first = 0;
  for (let i = 1; i < fast.length; i++) {
    if (!(fast[i - 1] < 0 && fast[i] >= 0)) continue;
    const share = fast[i - 1] / (fast[i - 1] - fast[i]);
    const crossing = times[i - 1] + share * (times[i] - times[i - 1]);
    const rate = 1 / (crossing - begun);
    if (rate >= SLOWEST && rate <= FASTEST) {
      const cycle = fast.slice(first, i);
      const depth = (Math.max(...cycle) - Math.min(...cycle)) / 2;
      found.push({ time: (crossing + begun) / 2, rate, depth });
    }
    begun = crossing;
    first = i;
  }
  return found;
}

/** Cents from which a note has a vibrato. */
const AUDIBLE = 5;
/** Of the time of a note that vibrates so much lies in its cycles. */
const COVERED = 0.5;

/** Whether a note vibrates: most of its length is cycles of an audible depth. */
export function vibrates(note: PlayedNote, found: readonly VibratoCycle[]): boolean {
  const seconds = found.reduce((sum, { rate }) => sum + 1 / rate, 0);
  const length = note.end - END - note.onset;
  return seconds > COVERED * length && median(found.map(({ depth }) => depth)) > AUDIBLE;
}

/** Long notes that vibrato is learned from, at least, and the share of them that vibrates where a player has one. */
const LEAST_NOTES = 8;
const SHARE = 0.25;

/** The vibrato of one long note; cycles of notes that do not vibrate are left out. */
export type NoteVibrato = readonly VibratoCycle[];

/**
 * @param notes of all long notes, those that do not vibrate without cycles
 * @returns null for too few notes; a depth of 0 where few of them vibrate
 */
export function learnVibrato(notes: readonly NoteVibrato[], plain: Vibrato): Vibrato | null {
  if (notes.length < LEAST_NOTES) return null;
  const vibrating = notes.filter(({ length }) => length > 0);
  if (vibrating.length < SHARE * notes.length) return { ...plain, depth: 0, depthDeviation: 0 };
  const rates = vibrating.map((cycles) => median(cycles.map(({ rate }) => rate)));
  const depths = vibrating.map((cycles) => median(cycles.map(({ depth }) => depth)));
  const away = (value: keyof VibratoCycle, middles: readonly number[]) =>
    vibrating.flatMap((cycles, i) => cycles.map((cycle) => cycle[value] - middles[i]));
  const delays = vibrating.map((cycles, i) => cycles.find(({ depth }) => 2 * depth >= depths[i])!.time);
  return {
    rate: to(median(rates), 100),
    rateDeviation: to(deviation(away('rate', rates)), 100),
    depth: to(median(depths), 10),
    depthDeviation: to(deviation(away('depth', depths)), 10),
    delay: to(median(delays), 100),
  };
}

function to(value: number, parts: number): number {
  return Math.round(parts * value) / parts;
}
