/**
 * From what the analysis finds to what is played: where it is sure it is followed, where it is not the music
 * goes on.
 *
 * Pitch:
 * - A voiced frame of a note that sounds is played as it is, with one exception: a leap to a fraction or a multiple of
 *   its pitch that still fits. Two periods repeat as well as one does, and in a creak or a reverberant room for a frame
 *   or two better. So a fraction must last. While a note decays its octave repeats better than the note. So then a
 *   multiple must be as clear as the pitch itself. What is taken for such an error is played at the note's octave.
 * - A note begins with a voiced frame, unless its octave is contested: then it waits for up to PATIENCE seconds until
 *   the frames say more. And none begins, unless it is sure, with a leap in what is left of a sound: that is a
 *   click of the lips, a key, or a tail.
 * - While one note follows another without a gap no pitch fits a window that holds both, but the one that fills more of
 *   it is the likelier. This guess is followed as long as a window can hold two notes, if it is half likely and the
 *   sound does not fade: so a step of any size is played when it passes the window's middle, as the latency promises.
 * - Anything else (breath, consonants, the end of a note) holds the last voiced pitch.
 *
 * Loudness follows the input. A sound without pitch is a consonant at first, through which the held note
 * sounds on; after `hold` seconds it is none of the player's notes and fades. So does whatever comes before
 * the first note.
 *
 * Training takes its f0 from here, too; its loudness is the analysis' own.
 */

import { type Analyser, FIRST_F0 } from './analyser';
import { LOUDNESS_FLOOR } from './config';

/** Confidence from which a guess between two notes is followed. */
const LIKELY = 0.55;
/** dB below the sound's recent level at which it fades, and at which it is fading away. */
const FADING = 4;
const FAINT = 12;
/** dB a second that the recent level is forgotten by. */
const FORGETTING = 50;
/** Confidence from which a leap is believed even of a faint sound, and of one that is falling; octaves that are a leap. */
const SURE = 0.9;
const SURER = 0.95;
const LEAP = 7 / 12;
/** Seconds; rounded to frames, at least one. */
const CONFIRM = 0.02;
/** Seconds after which a note's pitch is established. */
const YOUNG = 0.05;
/** Doubt (see src/kernels/analysis/dips.ts) up to which the last pitch still fits. */
const FITS = 0.25;
/** Multiples and fractions that are taken for errors, and how exact they are, in octaves. */
const SMALLEST = 6;
const EXACT = 0.05;
/** Pitches this close together, in octaves, are one note's. */
const SAME = 1 / 12;
/**
 * A beginning is contested if its doubt is more than UNCLEAR while twice the period leaves no more than LOWER times
 * that doubt and no fraction of it fits (less than NOTHING), or while half or a third of it leaves less than HIGHER.
 * Seconds that a contested beginning waits.
 */
const UNCLEAR = 0.08;
const LOWER = 1.6;
const NOTHING = 0.95;
const HIGHER = 0.5;
const PATIENCE = 0.02;
/** A beginning of fewer periods in the window than this must last CONFIRM seconds: two pulses of a throat are no note. */
const PERIODS = 2.5;
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
  readonly #young: number;
  readonly #patience: number;
  /** Hz: of lower notes the window holds too few periods to be sure at once */
  readonly #lowest: number;
  readonly #hold: number;
  readonly #forgetting: number;
  readonly #fading: number;
  readonly #gate: number;
  /** Hz, of the last voiced frame that was played */
  #sure = FIRST_F0;
  /** frames that the note has sounded */
  #age = 0;
  /** frames since the last voiced one */
  #unvoiced = 0;
  /** no gap since the last voiced frame */
  #continues = false;
  /** frames that an octave error seems to last; whether this one seems to be one */
  #waited = 0;
  #waiting = false;
  /** frames that a beginning has waited */
  #contested = 0;
  /** dB, of the frame before */
  #before = LOUDNESS_FLOOR;
  /** dB */
  #level = LOUDNESS_FLOOR;
  /** dB taken off */
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
   * Any thread. Takes the next frame, as the analyser found it.
   * @param playing false: the background gate is closed, and this frame is none of the player's
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

  /** Hz of the note that goes on or begins in this frame; 0 if there is none. */
  #note(heard: Heard): number {
    if (this.#unvoiced > this.#reach) return this.#beginning(heard);
    if (heard.f0 === 0 || this.#isTail(heard)) return 0;
    return heard.f0 * this.#correction(heard, heard.f0);
  }

  /** Hz of a note that begins after a pause; 0 if none does, or if it is not clear yet which. */
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

  /** Whether a note of another octave, or a twelfth above, may be beginning. */
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

  /** Whether a leap comes out of a sound that has nearly gone. */
  #isTail({ guess, confidence, loudness }: Heard): boolean {
    const faint = confidence <= SURE && loudness <= this.#level - FAINT;
    const falls = confidence <= SURER && loudness < this.#level - FADING && loudness < this.#before;
    return (faint || falls) && Math.abs(Math.log2(guess / this.#sure)) > LEAP;
  }

  /**
   * What `hz` must be multiplied by if it is a fraction, or a multiple, of the note that sounds, and is likelier an
   * error than another note; else 1.
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

  /** Whether a fraction of the pitch that sounds is another note. */
  #falls(heard: Heard, sounding: number): boolean {
    return this.#waited >= this.#confirm || heard.doubtAt(sounding) >= FITS;
  }

  /** Whether a multiple of the pitch that sounds is another note. */
  #rises(heard: Heard, hz: number, whole: number): boolean {
    const { loudness } = heard;
    const fades = loudness < this.#level - FADING && loudness < this.#before;
    return !fades || heard.doubtAt(hz) <= heard.doubtAt(hz / whole);
  }
}
