/**
 * From what the analysis finds to what is played: where it is sure it is followed, where it is not the music
 * goes on.
 *
 * Pitch:
 * - A voiced frame is played as it is, with two exceptions. When the pitch falls to a fraction of what still
 *   fits the sound, it must stay there for CONFIRM seconds: two periods repeat as well as one does, and in a
 *   creak or a reverberant room for a frame or two better. And no note begins, unless it is sure, with a leap
 *   in what is left of a sound: that is a click of the lips, or a tail.
 * - While one note follows another without a gap no pitch fits a window that holds both, but the one that
 *   fills more of it is the likelier. This guess is followed as long as a window can hold two notes, if it is
 *   half likely and the sound does not fade: so a step of any size is played when it passes the window's
 *   middle, as the latency promises.
 * - Anything else (breath, consonants, the end of a note) holds the last voiced pitch.
 *
 * Loudness follows the input. A sound without pitch is a consonant at first, through which the held note
 * sounds on; after `hold` seconds it is none of the player's notes and fades. So does whatever comes before
 * the first note.
 *
 * Training takes its f0 from here, too; its loudness is the analysis' own.
 */

import { type Analyser, FIRST_F0, LOUDNESS_FLOOR } from './analyser';

/** Confidence from which a guess between two notes is followed. */
const LIKELY = 0.55;
/** dB below the sound's recent level at which it fades, and at which it is fading away. */
const FADING = 4;
const FAINT = 12;
/** dB a second that the recent level is forgotten by. */
const FORGETTING = 50;
/** Confidence from which a leap is believed even of a faint sound; octaves that are a leap. */
const SURE = 0.9;
const LEAP = 7 / 12;
/** Seconds; rounded to frames, at least one. */
const CONFIRM = 0.02;
/** Doubt (see src/kernels/analysis/dips.ts) up to which the last pitch still fits. */
const FITS = 0.25;
/** Fractions that are taken for errors, and how exact they are, in octaves. */
const SMALLEST = 6;
const EXACT = 0.05;
/** dB a second that a sound without pitch fades by, after `hold`. */
const FADE = 300;
/** dB that fade anything. */
const GONE = 200;
/** Below the gate loudness falls this many times as fast. */
const GATE_RATIO = 4;

/** What is asked of an analyser. */
export type Heard = Pick<Analyser, 'f0' | 'guess' | 'confidence' | 'loudness' | 'doubtAt'>;

export interface FollowerOptions {
  /** W, samples */
  readonly window: number;
  /** H, samples */
  readonly hop: number;
  /** Hz */
  readonly sampleRate: number;
  /** seconds that a note sounds on when its pitch is lost; default 0.1; Infinity: as long as the input does */
  readonly hold?: number;
  /** dB of the analysis' loudness, below which there is nothing to play; default: the floor, nothing is */
  readonly gate?: number;
}

export class Follower {
  /** Hz, played */
  f0 = FIRST_F0;
  /** dB, played; -80 and up */
  loudness = LOUDNESS_FLOOR;
  /** the last frame is a note's, not one that a note is held through */
  voiced = false;

  /** frames that a window can hold two notes */
  readonly #reach: number;
  readonly #confirm: number;
  readonly #hold: number;
  readonly #forgetting: number;
  readonly #fading: number;
  readonly #gate: number;
  /** Hz, of the last voiced frame that was played */
  #sure = FIRST_F0;
  /** frames since the last voiced one */
  #unvoiced = 0;
  /** no gap since the last voiced frame */
  #continues = false;
  /** frames that a fall has waited */
  #waited = 0;
  /** dB */
  #level = LOUDNESS_FLOOR;
  /** dB taken off */
  #fade = GONE;

  constructor({ window, hop, sampleRate, hold = 0.1, gate = LOUDNESS_FLOOR }: FollowerOptions) {
    const frame = hop / sampleRate;
    this.#reach = Math.ceil(window / hop);
    this.#confirm = Math.max(Math.round(CONFIRM / frame), 1);
    this.#hold = hold / frame;
    this.#forgetting = FORGETTING * frame;
    this.#fading = FADE * frame;
    this.#gate = gate;
    this.reset();
  }

  /**
   * Any thread. Takes the next frame, as the analyser found it.
   * @param playing false: the background gate is closed, and this frame is none of the player's
   */
  next(heard: Heard, playing = true): void {
    const { f0, loudness } = heard;
    const open = playing && loudness >= this.#gate;
    this.#level = Math.max(loudness, this.#level - this.#forgetting);
    const faint = loudness < this.#level - FAINT;
    this.#continues = !faint && (this.#continues || f0 > 0);
    this.voiced = f0 > 0 && open && !this.#isTail(heard);
    if (this.voiced) this.#voiced(heard);
    else this.#unsure(heard, playing);
    const gated = loudness >= this.#gate ? loudness : this.#gate - GATE_RATIO * (this.#gate - loudness);
    this.loudness = Math.max(gated - this.#fade, LOUDNESS_FLOOR);
  }

  reset(): void {
    this.f0 = FIRST_F0;
    this.#sure = FIRST_F0;
    this.loudness = LOUDNESS_FLOOR;
    this.voiced = false;
    this.#unvoiced = Number.MAX_SAFE_INTEGER;
    this.#continues = false;
    this.#waited = 0;
    this.#level = LOUDNESS_FLOOR;
    this.#fade = Number.isFinite(this.#hold) ? GONE : 0;
  }

  #voiced(heard: Heard): void {
    if (this.#waited < this.#confirm && this.#falls(heard, heard.f0)) {
      this.#waited++;
      this.f0 = this.#sure;
    } else {
      this.#waited = 0;
      this.f0 = heard.f0;
      this.#sure = heard.f0;
    }
    this.#unvoiced = 0;
    this.#fade = 0;
  }

  #unsure(heard: Heard, playing: boolean): void {
    const { guess, confidence, loudness } = heard;
    this.#unvoiced++;
    const between = this.#continues && this.#unvoiced <= this.#reach && loudness > this.#level - FADING;
    const likely = guess > 0 && confidence > LIKELY && loudness >= this.#gate;
    this.f0 = between && likely && !this.#falls(heard, guess) ? guess : this.#sure;
    if (!playing || this.#unvoiced > this.#hold) this.#fade = Math.min(this.#fade + this.#fading, GONE);
  }

  /** Whether a leap comes out of a sound that has nearly gone. */
  #isTail({ f0, confidence, loudness }: Heard): boolean {
    if (confidence > SURE || loudness > this.#level - FAINT) return false;
    return Math.abs(Math.log2(f0 / this.#sure)) > LEAP;
  }

  /** Whether `hz` is a fraction of a pitch that was there a moment ago and is not gone. */
  #falls(heard: Heard, hz: number): boolean {
    if (this.#unvoiced > this.#reach) return false;
    const ratio = this.#sure / hz;
    const whole = Math.round(ratio);
    if (whole < 2 || whole > SMALLEST) return false;
    return Math.abs(Math.log2(ratio / whole)) < EXACT && heard.doubtAt(this.#sure) < FITS;
  }
}
