/** How one pitch moves to the next where notes are joined: how long it takes, and how far loudness dips. */

import { median } from '../../dsp/quantile';
import type { Articulation } from '../../model/articulation';
import type { Moments, PlayedNote } from './played-note';

/** Seconds between the end of a note's pitch and the next one's beginning, at most. */
const JOINED = 0.03;
/** Seconds of a note; a longer one is a single note, and what follows was joined to it by an editor. */
const SHORTEST = 0.12;
const LONGEST = 3;
/** Semitones of a step; a larger one may be an error of the analysis. */
const SMALLEST = 0.8;
const LARGEST = 9.5;
/** dB by which loudness may dip between joined notes. */
const MOST_DIP = 6;
/** Seconds before and behind a step in which the pitch moves and loudness dips. */
const NEAR = 0.12;
/** Shares of a step between which its time is taken, and the share of a glide that lies between them. */
const EARLY = 0.1;
const LATE = 0.9;
const BETWEEN = 0.608;
/** Joined notes that a legato is learned from, at least. */
export const LEAST_STEPS = 12;

export interface Step {
  /** seconds */
  readonly glide: number;
  /** dB */
  readonly dip: number;
}

/** @returns null for notes that are not joined */
export function stepBetween(
  before: PlayedNote,
  after: PlayedNote,
  at: number,
  moments: Moments,
): Step | null {
  const interval = after.pitch - before.pitch;
  const size = Math.abs(interval);
  if (size < SMALLEST || size > LARGEST || at - before.end > JOINED) return null;
  if (!isMelodic(at - before.onset) || !isMelodic(after.end - at)) return null;
  const lowest = Math.min(...moments.over(at - NEAR / 2, at + NEAR / 2, (time) => moments.loudness(time)));
  const dip = Math.max(Math.min(before.loudness, after.loudness) - lowest, 0);
  if (dip > MOST_DIP) return null;
  const share = (time: number) => (moments.pitch(time) - before.pitch) / interval;
  const left = lastBelow(EARLY, at - NEAR, at + NEAR, share, moments.frameSeconds);
  const reached = firstAbove(LATE, left, at + NEAR, share, moments.frameSeconds);
  return Number.isNaN(left) || Number.isNaN(reached) ? null : { glide: (reached - left) / BETWEEN, dip };
}

function isMelodic(seconds: number): boolean {
  return seconds >= SHORTEST && seconds <= LONGEST;
}

type Share = (time: number) => number;

/** The last moment before the step at which the pitch has not left, to a part of a frame. */
function lastBelow(limit: number, from: number, to: number, share: Share, step: number): number {
  let found = Number.NaN;
  for (let time = from; time <= to && !(share(time) > 0.5); time += step) {
    const [here, next] = [share(time), share(time + step)];
    if (here <= limit && next > limit) found = time + (step * (limit - here)) / (next - here);
  }
  return found;
}

function firstAbove(limit: number, from: number, to: number, share: Share, step: number): number {
  for (let time = from; time <= to; time += step) {
    const [here, next] = [share(time), share(time + step)];
    if (here >= limit) return time;
    if (next >= limit) return time + (step * (limit - here)) / (next - here);
  }
  return Number.NaN;
}

/** @returns null where too few notes are joined */
export function learnLegato(steps: readonly Step[]): Articulation['legato'] | null {
  if (steps.length < LEAST_STEPS) return null;
  const to = (value: number, parts: number) => Math.round(parts * value) / parts;
  return {
    glide: to(median(steps.map(({ glide }) => glide)), 1000),
    dip: to(median(steps.map(({ dip }) => dip)), 10),
  };
}
