/**
 * Measures the background (room, hum, fan, music next door) and sets an automatic gate above it.
 *
 * A frame belongs to the player if it is part of a note. A note is a run of voiced frames that is sure or long. All
 * other frames are background. Exceptions are the frames just before a note (breath, consonants, attack) and just after
 * a note (reverb). Background frames enter a histogram that forgets. The level of the background is its 95th
 * percentile.
 *
 * The gate opens without delay at the first voiced frame that is clearly louder than the background. A frame that is
 * only a little louder must also be sure. If the background has no pitch, such as noise, any louder voiced frame opens
 * the gate. Before the background is known, only frames louder than any plausible background open it.
 *
 * Two mistakes are corrected automatically. The first is a background that has ended. The second is a player who played
 * from the first sample on and was taken for background.
 *
 * It runs on the audio thread, except for the constructor.
 */

import type { Analyser } from './analyser';
import { LOUDNESS_FLOOR } from './config';
import { RecentHistogram } from './recent-histogram';

const LOUDEST = 100;
const STEP = 0.5;
/** Seconds of background that are remembered. */
const MEMORY = 10;
/** Share of the background's frames that lie below its level. */
const LEVEL = 0.95;
/** dB above the background at which the gate opens: for a sure frame, and for any voiced frame. */
const SURE_MARGIN = 2;
const MARGIN = 6;
/** dB above a background without pitch at which any voiced frame opens the gate. There a pitch is evidence enough. */
const UNPITCHED_MARGIN = 0;
/** A background has no pitch if a smaller share of its frames has one. PITCHED_MEMORY: seconds of the average. */
const PITCHED = 0.1;
const PITCHED_MEMORY = 5;
/** dB below the margin of sure frames at which the gate closes (hysteresis). */
const HYSTERESIS = 4;
/** dB: the gate before the background is known, and the lowest gate. */
const PRIOR = -10;
const LOWEST = -62;
/** Confidence above which a frame is sure, and above which it counts as a sure frame of a note. */
const SURE = 0.9;
const NOTE = 0.93;
/**
 * Seconds of sure frames, or of any voiced frames, that make a note. SAME: largest step within one note, in octaves.
 */
const SURE_RUN = 0.03;
const RUN = 0.1;
const SAME = 0.5 / 12;
/** Seconds before and after a note that do not count as background. */
const BEFORE = 0.25;
const AFTER = 0.1;
/** Seconds at the start of a stream after which a frame counts as background, although a note might follow. */
const ATTACK = 0.04;
/**
 * Seconds without a voiced frame after which the gate closes. UNSURE: the same for sure frames, near the background.
 */
const UNVOICED = 0.25;
const UNSURE = 0.06;
/** Seconds after a note in which a loud frame more likely belongs to another note than to a new background. */
const LOUD_AFTER = 1;
/** A background that is quieter by DROP dB for DROPPED seconds is a new background. */
const DROP = 10;
const DROPPED = 0.4;
/** A pitch this clear and this loud (dB), for SUSTAINED seconds, is a player, whatever the background seemed to be. */
const CLEAR = 0.95;
const AUDIBLE = -30;
const SUSTAINED = 0.6;

/** What the gate reads from an analyser. */
export type Sounding = Pick<Analyser, 'f0' | 'confidence' | 'loudness'>;

export class BackgroundGate {
  /** true: the gate is open, and the player is heard */
  open = false;
  /** dB: louder voiced frames open the gate */
  threshold = PRIOR;

  readonly #frame: number;
  readonly #levels: RecentHistogram;
  /** Loudness of the last BEFORE seconds of background. It has not entered the histogram yet. */
  readonly #waiting: Float64Array;
  #waits = 0;
  #at = 0;
  /** Loudness of the loudest frame at the start of the stream that was certainly background, in dB. */
  #first = Number.NaN;
  /** Seconds of voiced frames of one pitch. */
  #run = 0;
  /** Seconds of sure frames in this run. */
  #sureRun = 0;
  /** Seconds of clear and audible frames in this run. */
  #clearRun = 0;
  #f0 = 0;
  #unvoiced = 0;
  #unsure = 0;
  #sinceNote = Number.POSITIVE_INFINITY;
  #quiet = 0;
  /** Share of the background's frames that have a pitch. */
  #pitched = 1;
  /** Number of frames that this share is measured from. */
  #frames = 0;

  /** @param frame seconds */
  constructor(frame: number) {
    this.#frame = frame;
    this.#levels = new RecentHistogram(LOUDNESS_FLOOR, LOUDEST, STEP, MEMORY);
    this.#waiting = new Float64Array(Math.max(Math.round(BEFORE / frame), 1));
  }

  /** dB of the analysis' loudness: level of the loudest frames of the background; NaN if it is not known */
  get background(): number {
    return this.#levels.seconds > BEFORE ? this.#levels.quantile(LEVEL) : this.#first;
  }

  /** Takes the next frame. */
  next({ f0, confidence, loudness }: Sounding): void {
    const { background } = this;
    this.threshold = Number.isNaN(background) ? PRIOR : Math.max(background + this.#margin, LOWEST);
    this.#follow(f0, confidence, loudness);
    const note = this.#sureRun >= SURE_RUN || this.#run >= RUN;
    this.#gate(f0 > 0, confidence, loudness);
    if (note && this.open) {
      this.#sinceNote = 0;
      this.#waits = 0;
      this.#quiet = 0;
      return;
    }
    this.#sinceNote += this.#frame;
    const another = this.#sinceNote < LOUD_AFTER && loudness > this.threshold;
    if (this.#sinceNote > AFTER && !another) this.#learn(f0 > 0, loudness);
  }

  /** Takes over the state of `other`. */
  adopt(other: BackgroundGate): void {
    this.#levels.copy(other.#levels);
    this.#pitched = other.#pitched;
    this.#frames = other.#frames;
    this.#first = other.#first;
    this.open = other.open;
    this.threshold = other.threshold;
  }

  reset(): void {
    this.open = false;
    this.threshold = PRIOR;
    this.#levels.clear();
    this.#waits = 0;
    this.#first = Number.NaN;
    this.#run = 0;
    this.#sureRun = 0;
    this.#clearRun = 0;
    this.#f0 = 0;
    this.#unvoiced = 0;
    this.#unsure = 0;
    this.#sinceNote = Number.POSITIVE_INFINITY;
    this.#quiet = 0;
    this.#pitched = 1;
    this.#frames = 0;
  }

  #follow(f0: number, confidence: number, loudness: number): void {
    const goes = f0 > 0 && this.#f0 > 0 && Math.abs(Math.log2(f0 / this.#f0)) < SAME;
    if (!goes) {
      this.#run = 0;
      this.#sureRun = 0;
      this.#clearRun = 0;
    }
    if (f0 > 0) this.#run += this.#frame;
    this.#sureRun = f0 > 0 && confidence > NOTE ? this.#sureRun + this.#frame : 0;
    this.#clearRun = f0 > 0 && confidence > CLEAR && loudness > AUDIBLE ? this.#clearRun + this.#frame : 0;
    this.#f0 = f0;
    this.#unvoiced = f0 > 0 ? 0 : this.#unvoiced + this.#frame;
    this.#unsure = f0 > 0 && confidence > SURE ? 0 : this.#unsure + this.#frame;
  }

  /** dB above the background at which any voiced frame opens the gate. */
  get #margin(): number {
    return this.#levels.seconds > BEFORE && this.#pitched < PITCHED ? UNPITCHED_MARGIN : MARGIN;
  }

  #gate(voiced: boolean, confidence: number, loudness: number): void {
    const { threshold } = this;
    const lower = threshold - Math.max(this.#margin - SURE_MARGIN, 0);
    if (this.open) {
      const near = lower < threshold && loudness < threshold && this.#unsure > UNSURE;
      this.open = loudness > lower - HYSTERESIS && this.#unvoiced < UNVOICED && !near;
    } else if (voiced && (loudness > threshold || (loudness > lower && confidence > SURE))) {
      this.open = true;
    } else if (this.#clearRun > SUSTAINED) {
      this.#levels.clear();
      this.#first = LOUDNESS_FLOOR;
      this.open = true;
    }
  }

  #learn(pitched: boolean, loudness: number): void {
    this.#frames++;
    const weight = Math.max(this.#frame / PITCHED_MEMORY, 1 / this.#frames);
    this.#pitched += weight * (Number(pitched) - this.#pitched);
    const waiting = this.#waiting;
    const { length } = waiting;
    const levels = this.#levels;
    if (this.#waits === length) {
      levels.age(this.#frame);
      levels.add(waiting[this.#at], this.#frame);
    } else {
      this.#waits++;
    }
    waiting[this.#at] = loudness;
    this.#at = (this.#at + 1) % length;
    if (levels.seconds < BEFORE) this.#begin();
    else this.#compare(loudness);
  }

  /** At the start of a stream: updates the loudest frame, without the last ones, which may be an attack. */
  #begin(): void {
    const { length } = this.#waiting;
    const back = Math.round(ATTACK / this.#frame);
    if (this.#waits <= back) return;
    const loudness = this.#waiting[(this.#at - 1 - back + 2 * length) % length];
    this.#first = Number.isNaN(this.#first) ? loudness : Math.max(this.#first, loudness);
  }

  /** Detects that a background has ended, so that it does not keep the gate up. */
  #compare(loudness: number): void {
    this.#quiet = loudness < this.#levels.quantile(0.5) - DROP ? this.#quiet + this.#frame : 0;
    if (this.#quiet < DROPPED) return;
    this.#levels.clear();
    this.#first = loudness;
    this.#quiet = 0;
  }
}
