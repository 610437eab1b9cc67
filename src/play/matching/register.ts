/**
 * Whole octaves between a player and a model: in another octave a tune keeps its key.
 *
 * Who plays in the model's range is left alone. Anybody else is brought as close to the middle of it as octaves
 * can, where there is room on both sides for the notes that are still to come.
 */

import type { Statistics } from '../../model/model';
import { MOST_OCTAVES } from './options';
import type { PlayerProfile } from './profile';

/** Octaves outside the range that are borne of a first note: a minor third. */
const BORNE = 0.25;
/** On average of all notes; and with which one goes home. */
const OUTSIDE = 0.15;
const INSIDE = 0.02;

export class Register {
  /** between player and instrument */
  octaves = 0;

  /** log2 Hz */
  readonly #low: number;
  readonly #middle: number;
  readonly #high: number;
  /** a model that does not say what it learned matches nobody */
  readonly #known: boolean;
  /** a note has decided */
  decided = false;

  constructor([low, middle, high]: Statistics['f0']) {
    this.#low = Math.log2(low);
    this.#middle = Math.log2(middle);
    this.#high = Math.log2(high);
    this.#known = low < high;
  }

  /** A first note begins at `octave`, log2 Hz, and nothing else is known. */
  guess(octave: number): void {
    this.decided = true;
    const outside = Math.max(this.#low - octave, octave - this.#high);
    this.octaves = outside > BORNE ? this.#towardsMiddle(octave) : 0;
  }

  /** A note begins after a pause. */
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
