/**
 * dB between a player and a model. What is followed is the player's _forte_ (see forte.ts). It is made the model's
 * own, the 95th percentile of the loudness it learned from, and all other notes keep their distance to it.
 */

import type { Statistics } from '../../model/model';
import { LEAST_GAIN, MOST_GAIN } from './options';
import type { PlayerProfile } from './profile';

/** dB above the forte of the model, beyond which it has learned nothing; approached smoothly. */
const HEADROOM = 6;
/** dB below the forte: what is quieter is raised less, and at last not at all. */
const SOFT = 40;
const FAINT = 60;
/** dB: silence stays what it is, and what is near it is raised less. */
const SILENCE = -80;
const NEAR_SILENCE = 12;
/** dB: no model learned a forte that is quieter. */
const QUIETEST = -60;

export class Level {
  /** dB, of the model */
  readonly #wanted: number;
  /** a model that learned from silence, or does not say, matches nobody */
  readonly #known: boolean;
  readonly #profile: PlayerProfile;

  constructor([, , high]: Statistics['loudness'], profile: PlayerProfile) {
    this.#wanted = high;
    this.#known = high > QUIETEST;
    this.#profile = profile;
  }

  /** dB, added to the player's loudness */
  get gain(): number {
    if (!this.#known) return 0;
    return Math.min(Math.max(this.#wanted - this.#profile.forte.level, LEAST_GAIN), MOST_GAIN);
  }

  /** @returns the player's `loudness`, dB, as the model's; faint noise stays faint */
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

/** @returns `loudness` and `gain`, dB; silence stays silence */
export function raised(loudness: number, gain: number): number {
  const share = gain > 0 ? Math.min((loudness - SILENCE) / NEAR_SILENCE, 1) : 1;
  return Math.max(loudness + gain * share, SILENCE);
}
