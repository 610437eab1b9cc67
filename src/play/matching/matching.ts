/**
 * Matches the player's register and level to the model, from each frame that is played to the input of the model.
 *
 * Both are decided when a note begins. The first note decides at its first frame with a pitch. Later notes decide only
 * after a pause. During a note the register does not change, and the level hardly changes. There is one exception: if
 * the pitch leaps in the first moments of all, the tracker was wrong before, and so was the decision.
 */

import type { Follower } from '../../analysis/follower';
import type { Statistics } from '../../model/model';
import { Level, raised } from './level';
import type { MatchingSettings } from './options';
import type { PlayerProfile } from './profile';
import { Register } from './register';

/** Seconds without a note that make a pause. After this time a held note has faded (see follower.ts). */
const PAUSE = 0.3;
/** Seconds of notes in which a leap revises the first decision, and the size of a leap in octaves. */
const FIRST = 0.15;
const LEAP = 0.5;

/** What the matching reads from a follower. */
export type Followed = Pick<Follower, 'f0' | 'loudness' | 'voiced'>;

export class Matching {
  /** Hz, matched */
  f0 = 0;
  /** dB, matched */
  loudness = 0;
  /** Octaves that are currently added to the pitch. */
  octaves = 0;
  /** Decibels that are currently added to the loudness. */
  gain = 0;

  readonly #profile: PlayerProfile;
  readonly #frame: number;
  readonly #register: Register;
  readonly #level: Level;
  /** Seconds without a note. */
  #pause = Number.POSITIVE_INFINITY;
  /** `replacements` of the profile when the register was last taken from it. */
  #replacements = 0;
  /** Pitch of the last frame of a note, in log2 Hz. */
  #octave = 0;

  /**
   * @param profile of the player, shared by the engines that take over from one another
   * @param frame seconds
   */
  constructor(statistics: Statistics, profile: PlayerProfile, frame: number) {
    this.#profile = profile;
    this.#frame = frame;
    this.#register = new Register(statistics.f0);
    this.#level = new Level(statistics.loudness, profile);
    this.#begin();
  }

  /** Audio thread. Takes the next frame. */
  next({ f0, loudness, voiced }: Followed, { register, level, lock }: MatchingSettings): void {
    if (this.#profile.replacements !== this.#replacements) this.#begin();
    if (voiced && this.#profile.isNote(loudness)) this.#note(Math.log2(f0), loudness, lock);
    else this.#rest(lock);

    this.octaves = register === 'auto' ? this.#register.octaves : register === 'off' ? 0 : register;
    this.f0 = f0 * 2 ** this.octaves;
    this.gain = level === 'auto' ? this.#level.gain : level === 'off' ? 0 : level;
    this.loudness = level === 'auto' ? this.#level.matched(loudness) : raised(loudness, this.gain);
  }

  /** Forgets the player. */
  reset(): void {
    this.#profile.clear();
    this.#register.reset();
    this.#pause = Number.POSITIVE_INFINITY;
  }

  /** Takes the register from the profile at once. */
  #begin(): void {
    this.#replacements = this.#profile.replacements;
    this.#register.reset();
    if (this.#profile.seconds >= FIRST) this.#register.decide(this.#profile);
  }

  #note(octave: number, loudness: number, locked: boolean): void {
    const profile = this.#profile;
    const begins = this.#pause >= PAUSE;
    const leaps = Math.abs(octave - this.#octave) > LEAP;
    if (profile.seconds < FIRST) {
      // if locked before anything was known, the first note decides permanently
      if ((begins || leaps) && !(locked && this.#register.decided)) this.#register.guess(octave);
    } else if (begins && !locked) {
      this.#register.decide(profile);
    }
    if (!locked) profile.hear(octave, loudness, this.#frame, begins);
    profile.measure(loudness, this.#frame);
    this.#octave = octave;
    this.#pause = 0;
  }

  #rest(locked: boolean): void {
    if (!locked) this.#profile.rest(this.#frame);
    this.#profile.measure(Number.NaN, this.#frame);
    this.#pause += this.#frame;
  }
}
