/**
 * dB between a player and a model. What is followed is the player's _forte_: the loudness that the loudest
 * twentieth of the recent notes exceed. It is made the model's own, and all else keeps its distance to it.
 *
 * The forte moves slowly while a note sounds, so that neither swells nor phrases are flattened; the less is known of
 * the player, the faster. After a pause, where nobody hears it, it is where it should be at once.
 */

import type { Statistics } from '../../model/model';
import { LEAST_GAIN, MOST_GAIN } from './options';
import type { PlayerProfile } from './profile';

const FORTE = 0.95;
/** dB that a note rises by from its first frame with a pitch. */
const RISE = 10;
/** dB a second, once the player is known. */
const DOWN = 1;
const UP = 6;
/** Seconds of notes that are known when it moves twice as fast as in the end. */
const KNOWN = 1;
/** dB above the forte of the model, beyond which it has learned nothing. */
const HEADROOM = 6;
/** dB below the forte: what is quieter is not raised as much, and at last not at all. */
const SOFT = 30;
const FAINT = 50;
/** dB: silence stays what it is, and what is near it is raised less. */
const SILENCE = -80;
const NEAR_SILENCE = 20;
/** dB, of which no sound is a note, and no model's forte. */
const QUIETEST = -60;

export class Level {
  /** dB, of the player */
  #forte = 0;
  /** dB, of the model */
  readonly #wanted: number;
  /** a model that learned from silence, or does not say, matches nobody */
  readonly #known: boolean;

  constructor([, , high]: Statistics['loudness']) {
    this.#wanted = high;
    this.#known = high > QUIETEST;
    this.reset();
  }

  /** dB, added to the player's loudness */
  get gain(): number {
    return this.#known ? this.#wanted - this.#forte : 0;
  }

  /** Whether a frame with a pitch may be the player's: it is much quieter than the player only where all is. */
  isNote(loudness: number, { seconds }: PlayerProfile): boolean {
    return loudness > QUIETEST && (seconds < KNOWN / 2 || loudness > this.#forte - SOFT);
  }

  /** A first note begins, and nothing else is known. */
  guess(loudness: number): void {
    this.#approach(loudness + RISE, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** A note begins after a pause. */
  decide({ loudness }: PlayerProfile): void {
    this.#approach(loudness.quantile(FORTE), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** The first note goes on: it rises further than was expected. */
  rise(loudness: number): void {
    this.#approach(Math.max(loudness, this.#forte), 0, Number.POSITIVE_INFINITY);
  }

  /** A note goes on for `seconds`. */
  follow(profile: PlayerProfile, seconds: number): void {
    const most = seconds * (1 + KNOWN / Math.max(profile.seconds, seconds));
    this.#approach(profile.loudness.quantile(FORTE), most * DOWN, most * UP);
  }

  reset(): void {
    this.#forte = this.#wanted;
  }

  /** @returns the player's `loudness`, dB, as the model's; faint noise stays faint */
  matched(loudness: number): number {
    if (!this.#known) return loudness;
    const { gain } = this;
    const share = (loudness - (this.#forte - FAINT)) / (FAINT - SOFT);
    const lift = gain > 0 ? gain * Math.min(Math.max(share, 0), 1) : gain;
    return Math.min(raised(loudness, lift), this.#wanted + HEADROOM);
  }

  #approach(forte: number, down: number, up: number): void {
    const next = this.#forte + Math.min(Math.max(forte - this.#forte, -down), up);
    this.#forte = Math.min(Math.max(next, this.#wanted - MOST_GAIN), this.#wanted - LEAST_GAIN);
  }
}

/** @returns `loudness` and `gain`, dB; silence stays silence */
export function raised(loudness: number, gain: number): number {
  const share = gain > 0 ? Math.min((loudness - SILENCE) / NEAR_SILENCE, 1) : 1;
  return Math.max(loudness + gain * share, SILENCE);
}
