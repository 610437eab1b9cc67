/**
 * Chooses the whole octaves between a player and a model. A shift by octaves keeps the key of a tune.
 *
 * A player in the model's range is not shifted. Any other player is moved by octaves as close to the middle of the
 * range as possible. There, later notes have room on both sides.
 */

import type { Statistics } from '../../model/model';
import { MOST_OCTAVES } from './options';
import type { PlayerProfile } from './profile';

/** Octaves by which a first note may lie outside the range: a minor third. */
const BORNE = 0.25;
/** Octaves outside the range that are accepted on average over all notes, and that allow a return to no shift. */
const OUTSIDE = 0.15;
const INSIDE = 0.02;

export class Register {
  /** octaves from the player to the instrument */
  octaves = 0;

  /** log2 Hz */
  readonly #low: number;
  readonly #middle: number;
  readonly #high: number;
  /** false: the model has no statistics of pitch; then nothing is matched */
  readonly #known: boolean;
  /** true: a note has decided the register */
  decided = false;

  constructor([low, middle, high]: Statistics['f0']) {
    this.#low = Math.log2(low);
    this.#middle = Math.log2(middle);
    this.#high = Math.log2(high);
    this.#known = low < high;
  }

  /** Decides by a first note at `octave` (log2 Hz), when nothing else is known. */
  guess(octave: number): void {
    this.decided = true;
    const outside = Math.max(this.#low - octave, octave - this.#high);
    this.octaves = outside > BORNE ? this.#towardsMiddle(octave) : 0;
  }

  /** Decides by the profile, when a note begins after a pause. */
  decide({ pitch }: PlayerProfile): void {
    const home = pitch.meanOutside(this.#low, this.#high, 0);
    const here = pitch.meanOutside(this.#low, this.#high, this.octaves);
    if (home < INSIDE || (!this.decided && home < OUTSIDE)) this.octaves = 0;
    else if (here > OUTSIDE) {
      const there = this.#towardsMiddle(pitch.quantile(0.5));
      if (pitch.meanOutside(this.#low, this.#high, there) < here / 2) this.octaves = there;
    }
    this.decided = true;
  }

  reset(): void {
    this.octaves = 0;
    this.decided = false;
  }

  #towardsMiddle(octave: number): number {
    if (!this.#known) return 0;
    return Math.min(Math.max(Math.round(this.#middle - octave), -MOST_OCTAVES), MOST_OCTAVES);
  }
}
