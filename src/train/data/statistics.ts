/** Statistics of pitch and loudness, in constant memory. */

import { LOUDNESS_FLOOR } from '../../analysis/config';
import type { Track } from '../../analysis/track';
import type { Statistics } from '../../model/model';

const PERCENTILES = [0.05, 0.5, 0.95] as const;
/** Lowest pitch, Hz; below every range of the analysis. */
const LOWEST_F0 = 8;
const CENTS_AN_OCTAVE = 1200;
const OCTAVES = 12;
/** Resolution of loudness, steps per dB. */
const STEPS_A_DECIBEL = 100;
const DECIBELS = 200;

/** Counts frames in histograms: pitch in cents, loudness in hundredths of a dB. */
export class FrameStatistics {
  readonly #f0 = new Histogram(OCTAVES * CENTS_AN_OCTAVE);
  readonly #loudness = new Histogram(DECIBELS * STEPS_A_DECIBEL);
  #frames = 0;

  add({ f0, loudness }: Pick<Track, 'f0' | 'loudness'>, start: number, count: number): void {
    for (let i = start; i < start + count; i++) {
      if (f0[i] > 0) this.#f0.add(CENTS_AN_OCTAVE * Math.log2(f0[i] / LOWEST_F0));
      if (loudness[i] > LOUDNESS_FLOOR) this.#loudness.add(STEPS_A_DECIBEL * (loudness[i] - LOUDNESS_FLOOR));
    }
    this.#frames += count;
  }

  include(other: FrameStatistics): void {
    this.#f0.include(other.#f0);
    this.#loudness.include(other.#loudness);
    this.#frames += other.#frames;
  }

  /** Share of the frames that have a pitch. */
  get voicedShare(): number {
    return this.#frames === 0 ? 0 : this.#f0.count / this.#frames;
  }

  /** 5th, 50th and 95th percentile. @throws RangeError when no frame has a pitch, or none sounds */
  summarise(): Statistics {
    return {
      f0: percentiles(this.#f0, (place) => LOWEST_F0 * 2 ** (place / CENTS_AN_OCTAVE)),
      loudness: percentiles(this.#loudness, (place) => LOUDNESS_FLOOR + place / STEPS_A_DECIBEL),
    };
  }
}

function percentiles(histogram: Histogram, value: (place: number) => number): Statistics['f0'] {
  if (histogram.count === 0) throw new RangeError('there is nothing to take percentiles of');
  const [low, middle, high] = PERCENTILES.map((share) => value(histogram.percentile(share)));
  return [low, middle, high];
}

/** A histogram with the places 0 to size - 1. */
class Histogram {
  count = 0;
  readonly #counts: Uint32Array;

  constructor(size: number) {
    this.#counts = new Uint32Array(size);
  }

  /** Counts the nearest place. */
  add(place: number): void {
    this.#counts[Math.min(Math.max(Math.round(place), 0), this.#counts.length - 1)]++;
    this.count++;
  }

  include(other: Histogram): void {
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i] += other.#counts[i];
    this.count += other.count;
  }

  /** @returns the place below which that share lies, interpolated between the two nearest values */
  percentile(share: number): number {
    const position = share * (this.count - 1);
    const rank = Math.floor(position);
    const below = this.#ranked(rank);
    return below + (position - rank) * (this.#ranked(Math.min(rank + 1, this.count - 1)) - below);
  }

  #ranked(rank: number): number {
    let place = 0;
    for (let seen = this.#counts[0]; seen <= rank; seen += this.#counts[place]) place++;
    return place;
  }
}
