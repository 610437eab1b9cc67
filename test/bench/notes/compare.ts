/** Played notes beside the recordings' own. */

import { median } from '../../../src/dsp/quantile';
import type { Moments, PlayedNote } from '../../../src/train/articulation/played-note';
import { vibrates, vibratoCycles } from '../../../src/train/articulation/vibrato';

/** A note, and the recording in which it sounds. */
export interface RecordedNote {
  readonly played: PlayedNote;
  readonly moments: Moments;
}

/** Seconds from the onset over which loudness curves are compared, and from value to value. */
const COMPARED = 0.3;
const STEP = 0.01;
/** Notes are of the same dynamics if they differ by at most so many dB, and of the same pitch within a semitone. */
const SAME_LOUDNESS = 2;
const SAME_PITCH = 0.7;

/** Seconds of the beginning of it. */
const EARLY = 0.1;
/** dB below the sustained loudness at which a note is heard. */
const HEARD = 6;

export interface CurveDifference {
  /** dB: median over all moments of all pairs */
  readonly whole: number;
  /** dB: over the first 100 ms */
  readonly early: number;
  /** pairs of a recorded and a played note */
  readonly pairs: number;
  /** recorded notes that have a played one of their pitch and dynamics */
  readonly notes: number;
}

export function compareCurves(
  recorded: readonly RecordedNote[],
  played: readonly RecordedNote[],
): CurveDifference {
  const whole: number[] = [];
  const early: number[] = [];
  let pairs = 0;
  let notes = 0;
  for (const one of recorded) {
    const alike = played.filter(
      (other) =>
        Math.abs(other.played.pitch - one.played.pitch) <= SAME_PITCH &&
        Math.abs(other.played.loudness - one.played.loudness) <= SAME_LOUDNESS,
    );
    if (alike.length > 0) notes++;
    pairs += alike.length;
    for (const other of alike) {
      const length = Math.min(COMPARED, one.played.fades - one.played.onset);
      for (let age = 0; age <= length; age += STEP) {
        const [a, b] = [one, other].map(({ played, moments }) => moments.loudness(played.onset + age));
        if (Number.isNaN(a) || Number.isNaN(b)) continue;
        whole.push(Math.abs(a - b));
        if (age < EARLY) early.push(Math.abs(a - b));
      }
    }
  }
  return { whole: median(whole), early: median(early), pairs, notes };
}

/** Seconds until a note is within HEARD dB of its sustained loudness: the median. @param begun where a note was to begin */
export function heardAfter<Note extends RecordedNote>(
  notes: readonly Note[],
  begun: (note: Note) => number,
): number {
  return median(notes.map((note) => heardAt(note) - begun(note)));
}

/** Seconds at which a note is within HEARD dB of its sustained loudness. */
export function heardAt({ played, moments }: RecordedNote): number {
  let at = played.onset;
  while (at < played.fades && moments.loudness(at) < played.loudness - HEARD) at += STEP / 10;
  return at;
}

export interface VibratoFigures {
  /** Hz, of the notes that vibrate; NaN: none */
  readonly rate: number;
  /** cents, of all long notes */
  readonly depth: number;
  /** long notes, and those that vibrate */
  readonly long: number;
  readonly vibrating: number;
}

export function vibratoOf(notes: readonly RecordedNote[]): VibratoFigures {
  const rates: number[] = [];
  const depths: number[] = [];
  for (const { played, moments } of notes) {
    const cycles = vibratoCycles(played, moments);
    if (!cycles) continue;
    depths.push(cycles.length === 0 ? 0 : median(cycles.map(({ depth }) => depth)));
    if (vibrates(played, cycles)) rates.push(median(cycles.map(({ rate }) => rate)));
  }
  return { rate: median(rates), depth: median(depths), long: depths.length, vibrating: rates.length };
}
