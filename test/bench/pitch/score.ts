/**
 * How good an estimate is, defined as in mir_eval.melody (Raffel et al. 2014; Poliner et al. 2007), frames
 * being judged at their own times.
 */

import { median } from '../../../src/dsp/quantile';

/** One value a frame. */
export interface Estimate {
  /** Hz: the tracker's best guess, 0 where it has none; what it guesses in unvoiced frames counts */
  readonly f0: ArrayLike<number>;
  /** whether it says that there is a pitch; default: wherever f0 > 0 */
  readonly voiced?: ArrayLike<number | boolean>;
}

/** Shares are 0..1 and NaN where there was nothing to judge. */
export interface Score {
  /** raw pitch accuracy: of the pitched frames, those within 50 cents */
  readonly pitch: number;
  /** raw chroma accuracy: the same, octaves forgiven */
  readonly chroma: number;
  /** of the pitched frames, those an octave or more off, to within 50 cents */
  readonly octave: number;
  /** of the pitched frames that have an estimate, those off by more than 50 cents, octave errors included */
  readonly gross: number;
  /** of the pitched frames, those said to be voiced and within 50 cents */
  readonly sure: number;
  /** of the pitched frames, those said to be voiced */
  readonly recall: number;
  /** of the frames without pitch, those said to be voiced */
  readonly falseAlarm: number;
  /** cents: median of the absolute error of the frames within 50 cents */
  readonly median: number;
  /** cents: the largest error of those frames */
  readonly worst: number;
  /** cents: median of the signed error of those frames; far from 0 the truth is out of tune, or the tracker */
  readonly bias: number;
  readonly pitchedFrames: number;
  readonly unpitchedFrames: number;
}

const TOLERANCE = 50;

/** Counts of one or many sounds. */
export class Tally {
  #pitched = 0;
  #unpitched = 0;
  #hits = 0;
  #chroma = 0;
  #estimated = 0;
  #recalled = 0;
  #sure = 0;
  #alarms = 0;
  readonly #errors: number[] = [];

  /** @param truth Hz a frame, 0 = no pitch, NaN = not judged */
  add(truth: ArrayLike<number>, { f0, voiced }: Estimate): this {
    if (f0.length !== truth.length) throw new RangeError(`${f0.length} estimates for ${truth.length} frames`);
    for (let i = 0; i < truth.length; i++) {
      if (Number.isNaN(truth[i])) continue;
      const said = voiced ? Boolean(voiced[i]) : f0[i] > 0;
      if (truth[i] > 0) this.#judge(truth[i], f0[i], said);
      else {
        this.#unpitched++;
        if (said) this.#alarms++;
      }
    }
    return this;
  }

  #judge(truth: number, estimate: number, said: boolean): void {
    this.#pitched++;
    if (said) this.#recalled++;
    if (!(estimate > 0)) return;
    this.#estimated++;
    const cents = 1200 * Math.log2(estimate / truth);
    const withinOctave = cents - 1200 * Math.round(cents / 1200);
    if (Math.abs(withinOctave) < TOLERANCE) this.#chroma++;
    if (Math.abs(cents) < TOLERANCE) {
      this.#hits++;
      if (said) this.#sure++;
      this.#errors.push(cents);
    }
  }

  get score(): Score {
    const errors = this.#errors;
    const absolute = errors.map(Math.abs);
    return {
      pitch: this.#hits / this.#pitched,
      chroma: this.#chroma / this.#pitched,
      octave: (this.#chroma - this.#hits) / this.#pitched,
      gross: (this.#estimated - this.#hits) / this.#estimated,
      sure: this.#sure / this.#pitched,
      recall: this.#recalled / this.#pitched,
      falseAlarm: this.#alarms / this.#unpitched,
      median: median(absolute),
      worst: absolute.reduce((most, cents) => Math.max(most, cents), 0),
      bias: median(errors),
      pitchedFrames: this.#pitched,
      unpitchedFrames: this.#unpitched,
    };
  }
}

export function score(truth: ArrayLike<number>, estimate: Estimate): Score {
  return new Tally().add(truth, estimate).score;
}
