/**
 * Matches the level of a player to a model, as a gain in dB. The gain moves the player's _forte_ (see forte.ts) to the
 * model's forte, which is the 95th percentile of the loudness it learned from. All other notes keep their distance to
 * the forte.
 */

import type { Statistics } from '../../model/model';
import { LEAST_GAIN, MOST_GAIN } from './options';
import type { PlayerProfile } from './profile';

/**
 * dB above the model's forte that the output approaches smoothly as a limit. Above it the model has learned nothing.
 */
const HEADROOM = 6;
/** dB below the forte: from SOFT down to FAINT the gain decreases to 0. It applies only to positive gains. */
const SOFT = 40;
const FAINT = 60;
/** dB: silence stays silence, and sounds less than NEAR_SILENCE dB above it are raised less. */
const SILENCE = -80;
const NEAR_SILENCE = 12;
/** dB: no model learned a quieter forte. */
const QUIETEST = -60;

export class Level {
  /** dB: forte of the model */
  readonly #wanted: number;
  /** false: the model learned from silence, or has no statistics; then nothing is matched */
  readonly #known: boolean;
  readonly #profile: PlayerProfile;

  constructor([, , high]: Statistics['loudness'], profile: PlayerProfile) {
    this.#wanted = high;
    this.#known = high > QUIETEST;
    this.#profile = profile;
  }

  /** dB added to the player's loudness */
  get gain(): number {
    if (!this.#known) return 0;
    return Math.min(Math.max(this.#wanted - this.#profile.forte.level, LEAST_GAIN), MOST_GAIN);
  }

  /** @returns the player's `loudness` in dB, matched to the model; faint noise stays faint */
  matched(loudness: number): number {
    if (!this.#known) return loudness;
    const { gain } = this;
    const share = (loudness - (this.#wanted - gain - FAINT)) / (FAINT - SOFT);
    const lift = gain > 0 ? gain * Math.min(Math.max(share, 0), 1) : gain;
    const level = raised(loudness, lift);
    const over = level - this.#wanted;
    return over > 0 ? this.#wanted + HEADROOM * (1 - Math.exp(-over / HEADROOM)) : level;
  }
}

/** @returns the sum of `loudness` and `gain`, dB; silence stays silence */
export function raised(loudness: number, gain: number): number {
  const share = gain > 0 ? Math.min((loudness - SILENCE) / NEAR_SILENCE, 1) : 1;
  return Math.max(loudness + gain * share, SILENCE);
}
