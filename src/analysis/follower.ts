/**
 * Turns the results of the analysis into what is played. Where the analysis is sure, its result is played. Where it is
 * not sure, the last note continues.
 *
 * Pitch:
 * - During a note, a voiced frame is played as it is, with one exception: octave errors and similar errors. These are
 *   leaps to a fraction or a multiple of the note's pitch, while the note's pitch still fits the frame.
 * - Fractions: two periods repeat as well as one. In a creaky voice or a reverberant room they repeat better for a
 *   frame or two. So a fraction is accepted only when it lasts.
 * - Multiples: while a note decays, its octave repeats better than the note itself. So during a decay, a multiple must
 *   leave no more doubt than the note's pitch.
 * - A frame that is taken for such an error is played at the octave of the note.
 * - A note begins with a voiced frame. If its octave is contested, the note waits for up to PATIENCE seconds until
 *   later frames decide.
 * - A leap in the remainder of a sound begins no note, unless the analysis is sure of it. Usually it is a click of the
 *   lips, a key click, or a reverb tail.
 * - When one note follows another without a gap, some windows contain both. No pitch fits such a window, but the note
 *   that fills more of it is the likelier one. This guess is played for as long as a window can contain two notes. It
 *   must have a confidence above LIKELY, and the sound must not be fading. So a step of any size is played when it
 *   passes the middle of the window, as the latency promises.
 * - Anything else (breath, consonants, the end of a note) holds the last voiced pitch.
 *
 * Loudness follows the input. A sound without pitch counts as a consonant at first, and the held note continues through
 * it. After `hold` seconds it no longer counts as part of the player's notes and fades. Sound before the first note
 * fades as well.
 *
 * Training takes its f0 from here, too. Its loudness comes from the analysis directly.
 */

import { type Analyser, FIRST_F0 } from './analyser';
import { LOUDNESS_FLOOR } from './config';

/** Minimum confidence of a guess between two notes, for the guess to be played. */
const LIKELY = 0.55;
/** dB below the recent level: the sound is fading (FADING), or has nearly gone (FAINT). */
const FADING = 4;
const FAINT = 12;
/** dB per second by which the recent level falls. */
const FORGETTING = 50;
/**
 * Confidence above which a leap is believed: in a faint sound (SURE), in a falling sound (SURER). LEAP is in octaves.
 */
const SURE = 0.9;
const SURER = 0.95;
const LEAP = 7 / 12;
/** Seconds that a fraction, or a very low note, must last; rounded to frames, at least one. */
const CONFIRM = 0.02;
/** Seconds after which the pitch of a note is established. */
const YOUNG = 0.05;
/** Highest doubt (see src/kernels/analysis/dips.ts) with which the last pitch still fits. */
const FITS = 0.25;
/** The largest factor that is taken for an error, and its tolerance in octaves. */
const SMALLEST = 6;
const EXACT = 0.05;
/** Pitches within this distance, in octaves, belong to one note. */
const SAME = 1 / 12;
/**
 * The beginning of a note is contested in two cases. Its doubt must be above UNCLEAR in both.
 * - An octave lower: twice the period has a doubt below LOWER times that of the pitch. Half and a third of the period
 *   do not fit (doubt at least NOTHING).
 * - Higher: half or a third of the period has a doubt below HIGHER.
 *
 * A contested beginning waits for PATIENCE seconds.
 */
const UNCLEAR = 0.08;
const LOWER = 1.6;
const NOTHING = 0.95;
const HIGHER = 0.5;
const PATIENCE = 0.02;
/** With fewer periods in the window, a beginning must last CONFIRM seconds. Two pulses of a throat are no note. */
const PERIODS = 2.5;
/** dB per second by which a sound without pitch fades, after `hold`. */
const FADE = 300;
/** Attenuation in dB that silences anything. */
const GONE = 200;
/** Below the gate, the loudness in dB falls this many times as fast. */
const GATE_RATIO = 4;

/** What the follower reads from an analyser. */
export type Heard = Pick<Analyser, 'f0' | 'guess' | 'confidence' | 'loudness' | 'doubtAt'>;

export interface FollowerOptions {
  /** W, samples */
  readonly window: number;
  /** H, samples */
  readonly hop: number;
  /** Hz */
  readonly sampleRate: number;
  /** seconds that a note continues after its pitch is lost; default 0.1; Infinity: as long as the input does */
  readonly hold?: number;
  /** dB of the analysis' loudness; quieter frames begin no note; default: the floor, which means no gate */
  readonly gate?: number;
}

export class Follower {
  /** Hz, played */
  f0 = FIRST_F0;
  /** dB, played; -80 and up */
  loudness = LOUDNESS_FLOOR;
  /** the last frame belongs to a note itself; false while a note is only held */
  voiced = false;

  /** Number of frames in which a window can contain two notes. */
  readonly #reach: number;
  readonly #confirm: number;
  readonly #young: number;
  readonly #patience: number;
  /** Lower notes wait, because the window holds too few of their periods. In Hz. */
  readonly #lowest: number;
  readonly #hold: number;
  readonly #forgetting: number;
  readonly #fading: number;
  readonly #gate: number;
  /** Pitch of the last voiced frame that was played, in Hz. */
  #sure = FIRST_F0;
  /** Frames since the note began. */
  #age = 0;
  /** Frames since the last voiced frame. */
  #unvoiced = 0;
  /** There was no gap since the last voiced frame. */
  #continues = false;
  /** Frames for which an octave error seems to last. `#waiting`: the current frame seems to be one. */
  #waited = 0;
  #waiting = false;
  /** Frames for which the current beginning has waited. */
  #contested = 0;
  /** Loudness of the frame before, in dB. */
  #before = LOUDNESS_FLOOR;
  /** Recent level, in dB. */
  #level = LOUDNESS_FLOOR;
  /** dB, current attenuation */
  #fade = GONE;

  constructor({ window, hop, sampleRate, hold = 0.1, gate = LOUDNESS_FLOOR }: FollowerOptions) {
    const frame = hop / sampleRate;
    this.#reach = Math.ceil(window / hop);
    this.#confirm = Math.max(Math.round(CONFIRM / frame), 1);
    this.#young = Math.round(YOUNG / frame);
    this.#patience = Math.round(PATIENCE / frame);
    this.#lowest = (PERIODS * sampleRate) / window;
    this.#hold = hold / frame;
    this.#forgetting = FORGETTING * frame;
    this.#fading = FADE * frame;
    this.#gate = gate;
    this.reset();
  }

  /**
   * Any thread. Takes the next frame from the analyser.
   * @param playing false: the background gate is closed, and this frame does not belong to the player
   */
  next(heard: Heard, playing = true): void {
    const { loudness } = heard;
    const open = playing && loudness >= this.#gate;
    this.#level = Math.max(loudness, this.#level - this.#forgetting);
    const faint = loudness < this.#level - FAINT;
    this.#continues = !faint && (this.#continues || heard.f0 > 0);
    this.#waiting = false;
    const hz = open ? this.#note(heard) : 0;
    this.voiced = hz > 0;
    if (this.voiced) this.#play(hz);
    else this.#unsure(heard, playing);
    const gated = loudness >= this.#gate ? loudness : this.#gate - GATE_RATIO * (this.#gate - loudness);
    this.loudness = Math.max(gated - this.#fade, LOUDNESS_FLOOR);
    this.#waited = this.#waiting ? this.#waited + 1 : 0;
    this.#before = loudness;
  }

  reset(): void {
    this.f0 = FIRST_F0;
    this.#sure = FIRST_F0;
    this.loudness = LOUDNESS_FLOOR;
    this.voiced = false;
    this.#age = 0;
    this.#unvoiced = Number.MAX_SAFE_INTEGER;
    this.#continues = false;
    this.#waited = 0;
    this.#contested = 0;
    this.#before = LOUDNESS_FLOOR;
    this.#level = LOUDNESS_FLOOR;
    this.#fade = Number.isFinite(this.#hold) ? GONE : 0;
  }

  /** Hz of the note that continues or begins in this frame; 0 if there is none. */
  #note(heard: Heard): number {
    if (this.#unvoiced > this.#reach) return this.#beginning(heard);
    if (heard.f0 === 0 || this.#isTail(heard)) return 0;
    return heard.f0 * this.#correction(heard, heard.f0);
  }

  /** Hz of a note that begins after a pause; 0 if none begins, or if its octave is not yet clear. */
  #beginning(heard: Heard): number {
    const begins = heard.f0 > 0;
    if (begins && this.#isTail(heard)) return 0;
    const pulses = heard.f0 < this.#lowest && this.#contested < this.#confirm;
    if (begins && !pulses && (this.#contested >= this.#patience || !this.#isContested(heard))) {
      this.#contested = 0;
      this.#age = 0;
      return heard.f0;
    }
    if (begins || this.#contested > 0) this.#contested++;
    return 0;
  }

  /** Whether the note that begins may be in another octave, or a twelfth above. */
  #isContested(heard: Heard): boolean {
    const { f0 } = heard;
    const doubt = heard.doubtAt(f0);
    if (doubt <= UNCLEAR) return false;
    const above = Math.min(heard.doubtAt(2 * f0), heard.doubtAt(3 * f0));
    return above < HIGHER || (above >= NOTHING && heard.doubtAt(f0 / 2) < Math.min(LOWER * doubt, 1));
  }

  #play(hz: number): void {
    if (Math.abs(Math.log2(hz / this.#sure)) > SAME) this.#age = 0;
    this.f0 = hz;
    this.#sure = hz;
    this.#age++;
    this.#unvoiced = 0;
    this.#fade = 0;
  }

  #unsure(heard: Heard, playing: boolean): void {
    const { guess, confidence, loudness } = heard;
    this.#unvoiced++;
    const between = this.#continues && this.#unvoiced <= this.#reach && loudness > this.#level - FADING;
    const likely = guess > 0 && confidence > LIKELY && loudness >= this.#gate;
    this.f0 = between && likely && this.#correction(heard, guess) === 1 ? guess : this.#sure;
    if (!playing || this.#unvoiced > this.#hold) this.#fade = Math.min(this.#fade + this.#fading, GONE);
  }

  /** Whether a leap happens in a sound that has nearly gone. */
  #isTail({ guess, confidence, loudness }: Heard): boolean {
    const faint = confidence <= SURE && loudness <= this.#level - FAINT;
    const falls = confidence <= SURER && loudness < this.#level - FADING && loudness < this.#before;
    return (faint || falls) && Math.abs(Math.log2(guess / this.#sure)) > LEAP;
  }

  /**
   * The factor that corrects `hz`. It is not 1 if `hz` is a fraction or a multiple of the current note's pitch and is
   * more likely an error than another note.
   */
  #correction(heard: Heard, hz: number): number {
    if (this.#unvoiced > this.#reach || this.#age < this.#young) return 1;
    const octaves = Math.log2(hz / this.#sure);
    const whole = Math.round(2 ** Math.abs(octaves));
    if (whole < 2 || whole > SMALLEST || Math.abs(Math.abs(octaves) - Math.log2(whole)) > EXACT) return 1;
    if (octaves > 0 ? this.#rises(heard, hz, whole) : this.#falls(heard, hz * whole)) return 1;
    this.#waiting = true;
    return octaves > 0 ? 1 / whole : whole;
  }

  /** Whether a fraction of the current pitch is a new note, not an error. */
  #falls(heard: Heard, sounding: number): boolean {
    return this.#waited >= this.#confirm || heard.doubtAt(sounding) >= FITS;
  }

  /** Whether a multiple of the current pitch is a new note, not an error. */
  #rises(heard: Heard, hz: number, whole: number): boolean {
    const { loudness } = heard;
    const fades = loudness < this.#level - FADING && loudness < this.#before;
    return !fades || heard.doubtAt(hz) <= heard.doubtAt(hz / whole);
  }
}
