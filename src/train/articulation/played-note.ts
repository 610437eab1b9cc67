/** A note of a recording, measured: where it begins and ends, how loud and how high it is. */

import type { Track } from '../../analysis/track';
import { median } from '../../dsp/quantile';
import type { HeardNote } from '../../play/heard-notes/heard-notes';

export interface PlayedNote {
  /** seconds: where its loudness begins to rise */
  readonly onset: number;
  /** seconds: where it fades, or another note begins */
  readonly fades: number;
  /** seconds: where its pitch ends */
  readonly end: number;
  /** dB of the sustained note */
  readonly loudness: number;
  /** MIDI note number with fractions, of the sustained note */
  readonly pitch: number;
  /** dB by which loudness rises at its onset */
  readonly rise: number;
}

/** A recording's pitch and loudness at any moment. */
export class Moments {
  readonly #track: Pick<Track, 'f0' | 'loudness'>;
  readonly frameSeconds: number;

  constructor(track: Pick<Track, 'f0' | 'loudness'>, frameSeconds: number) {
    this.#track = track;
    this.frameSeconds = frameSeconds;
  }

  get seconds(): number {
    return this.#track.f0.length * this.frameSeconds;
  }

  /** dB, between two frames linear; NaN outside the recording */
  loudness(seconds: number): number {
    const at = seconds / this.frameSeconds - 0.5;
    const { loudness } = this.#track;
    if (!(at >= 0 && at <= loudness.length - 1)) return Number.NaN;
    const low = loudness[Math.floor(at)];
    return low + (at - Math.floor(at)) * (loudness[Math.ceil(at)] - low);
  }

  /** MIDI note number of the nearest frame; NaN where nothing is voiced */
  pitch(seconds: number): number {
    const hz = this.#track.f0[Math.round(seconds / this.frameSeconds - 0.5)];
    return hz > 0 ? 69 + 12 * Math.log2(hz / 440) : Number.NaN;
  }

  /** Values of a function at every frame of a stretch, without those that are NaN. */
  over(from: number, to: number, value: (seconds: number) => number): number[] {
    const values: number[] = [];
    for (let seconds = from; seconds <= to; seconds += this.frameSeconds) {
      const found = value(seconds);
      if (!Number.isNaN(found)) values.push(found);
    }
    return values;
  }
}

/** Seconds: shorter notes have no sustained part. */
const SHORTEST = 0.1;
/** The sustained part lies within SUSTAINED seconds, where loudness is within NEAR_PEAK dB of its peak. */
const SUSTAINED = 0.6;
const NEAR_PEAK = 6;
/** Seconds before a note's end in which it may already fade, or glide. */
const LAST = 0.04;
/** Seconds around where a pitch begins in which loudness may begin to rise. */
const BEFORE = 0.12;
const AFTER = 0.08;
/** dB below the sustained note from which it counts as begun. */
const BEGUN = 30;
/** dB by which a rise may be interrupted. */
const WAVERS = 0.5;

/** @returns null for a note that is too short to be measured */
export function measureNote(heard: HeardNote, moments: Moments): PlayedNote | null {
  const length = heard.end - heard.time;
  if (length < SHORTEST) return null;
  const loud = loudest(heard, moments);
  if (loud.to - loud.from < SHORTEST / 2) return null;
  const loudness = median(moments.over(loud.from, loud.to, (seconds) => moments.loudness(seconds)));
  const pitch = median(moments.over(loud.from, loud.to, (seconds) => moments.pitch(seconds)));
  if (!Number.isFinite(loudness) || !Number.isFinite(pitch)) return null;
  const onset = foot(heard.time, loudness, moments);
  const { fades } = loud;
  return { onset, fades, end: heard.end, loudness, pitch, rise: loudness - moments.loudness(onset) };
}

/** The stretch about a note's peak that is its sustained part, and where its loudness falls from there. */
function loudest({ time, end }: HeardNote, moments: Moments): { from: number; to: number; fades: number } {
  const step = moments.frameSeconds;
  const last = end - LAST;
  let peak = time;
  for (let at = time; at <= Math.min(time + SUSTAINED, last); at += step)
    if (moments.loudness(at) > moments.loudness(peak)) peak = at;
  const least = moments.loudness(peak) - NEAR_PEAK;
  let from = peak;
  while (from - step >= time && moments.loudness(from - step) >= least) from -= step;
  let fades = peak;
  while (fades + step <= last && moments.loudness(fades + step) >= least) fades += step;
  return { from, to: Math.min(fades, time + SUSTAINED), fades };
}

/** The lowest point of the rise to a sustained loudness, or where it passes BEGUN below it. */
function foot(time: number, sustained: number, moments: Moments): number {
  const step = moments.frameSeconds;
  const least = sustained - BEGUN;
  let lowest = time;
  for (let at = time; at <= time + AFTER; at += step) {
    if (moments.loudness(at) < moments.loudness(lowest)) lowest = at;
  }
  for (let at = lowest - step; at > time - BEFORE && at > 0; at -= step) {
    const level = moments.loudness(at);
    if (!(level < moments.loudness(lowest) + WAVERS)) break;
    if (level < moments.loudness(lowest)) lowest = at;
    if (level < least) break;
  }
  while (moments.loudness(lowest + step) < least) lowest += step;
  const [here, next] = [moments.loudness(lowest), moments.loudness(lowest + step)];
  return here < least && next > least ? lowest + (step * (least - here)) / (next - here) : lowest;
}
