/** How notes end: the fall of loudness after the last moment at which a note is sustained. */

import { median } from '../../dsp/quantile';
import { CURVE_STEP, rounded } from './curves';
import { medianCurve } from './order';
import type { Moments, PlayedNote } from './played-note';

/** dB by which loudness falls where a note ends and another does not begin at once. */
const FALL = 20;
/** dB below its late loudness at which a note has begun to end. */
const ENDS = 3;
/** Seconds before a note's end over which its late loudness is taken, and the shortest note. */
const LATE = 0.3;
const SHORTEST = 0.2;
/** Seconds that a release may last. */
const LONGEST = 1.5;
/** dB by which a fall may be interrupted. */
const WAVERS = 1;
/** dB at which a released note is silent, and dB a second by which it falls on at least beyond what is known. */
const SILENT = -60;
const SLOWEST = 60;
/** Seconds over which the last known slope is taken. */
const SLOPE = 0.1;
/** Notes that a release is learned from, at least. */
export const LEAST_RELEASES = 8;

/**
 * @param until seconds: where the next note begins
 * @returns dB below the note's late loudness, one value per CURVE_STEP; null for a note that does not fade
 */
export function ending(note: PlayedNote, until: number, moments: Moments): number[] | null {
  if (note.end - note.onset < SHORTEST) return null;
  const half = (note.onset + note.end) / 2;
  const late = median(
    moments.over(Math.max(note.end - LATE, half), note.end - LATE / 3, (at) => moments.loudness(at)),
  );
  let begun = note.end;
  while (begun > half && moments.loudness(begun) < late - ENDS) begun -= moments.frameSeconds;
  if (!(begun > half)) return null;
  const curve: number[] = [];
  let lowest = 0;
  for (let i = 0; i * CURVE_STEP <= LONGEST; i++) {
    const at = begun + i * CURVE_STEP;
    const level = moments.loudness(at) - moments.loudness(begun);
    // what rises again is the next note
    if (!Number.isFinite(level) || at >= until || level > lowest + WAVERS) break;
    lowest = Math.min(lowest, level);
    curve.push(level);
  }
  return lowest < -FALL ? curve : null;
}

/** @returns null where too few notes end in silence */
export function learnRelease(endings: readonly (readonly number[])[]): number[] | null {
  if (endings.length < LEAST_RELEASES) return null;
  const curve = medianCurve(endings, Math.max(Math.ceil(endings.length / 3), 4));
  const silent = curve.findIndex((level) => level <= SILENT);
  if (silent >= 0) return curve.slice(0, silent + 1).map(rounded);
  const back = Math.min(Math.round(SLOPE / CURVE_STEP), curve.length - 1);
  const last = curve.length - 1;
  const slope = Math.max((curve[last - back] - curve[last]) / (back * CURVE_STEP), SLOWEST);
  for (let level = curve[last]; level > SILENT && curve.length * CURVE_STEP < LONGEST; ) {
    level -= slope * CURVE_STEP;
    curve.push(level);
  }
  return curve.map(rounded);
}
