/**
 * The background (room, hum, fan, music next door) and an automatic gate above it.
 *
 * A frame belongs to the player if it is part of a note: a run of voiced frames that is sure or long. All other
 * frames are background, except those just before a note (breath, consonants, attack) and just after one (reverb).
 * They go into a histogram that forgets; the background's level is what its loudest frames reach.
 *
 * The gate opens at the first voiced frame that is clearly louder than the background, without delay. Between
 * there and the background a frame must also be sure. Above a background without pitch, such as noise, any voiced
 * frame opens it. Before anything is known, only what is louder than any
 * plausible background opens it. Two mistakes mend themselves: background that has ended, and a player who was
 * there from the first sample on and was taken for background.
 *
 * Audio thread, except for the constructor.
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
/** dB above the background from which a sure frame, and from which any voiced frame, opens the gate. */
const SURE_MARGIN = 2;
const MARGIN = 6;
/** dB above a background without pitch from which any voiced frame opens it: there a pitch says enough. */
const UNPITCHED_MARGIN = 0;
/** A background has no pitch if less of its frames have one. Seconds over which that is averaged. */
const PITCHED = 0.1;
const PITCHED_MEMORY = 5;
/** dB below the first of these at which it closes. */
const HYSTERESIS = 4;
/** dB: the gate before any background is known, and the lowest gate. */
const PRIOR = -10;
const LOWEST = -62;
/** Confidence of a sure frame, and of a frame of a note. */
const SURE = 0.9;
const NOTE = 0.93;
/** Seconds of sure frames, or of any voiced frames, that make a note; octaves between frames of one note. */
const SURE_RUN = 0.03;
const RUN = 0.1;
const SAME = 0.5 / 12;
/** Seconds before and after a note that are not background. */
const BEFORE = 0.25;
const AFTER = 0.1;
/** Seconds at the start of a stream after which a frame is background although it might precede a note. */
const ATTACK = 0.04;
/** Seconds without a voiced frame after which the gate closes, and without a sure one near the background. */
const UNVOICED = 0.25;
const UNSURE = 0.06;
/** Seconds after a note in which a loud frame is rather part of another note than of a new background. */
const LOUD_AFTER = 1;
/** Background that is quieter by as many dB, for as many seconds, is another background. */
const DROP = 10;
const DROPPED = 0.4;
/** A clear pitch this loud (dB), for as many seconds, is a player, whatever the background seemed to be. */
const CLEAR = 0.95;
const AUDIBLE = -30;
const SUSTAINED = 0.6;

/** What is asked of an analyser. */
export type Sounding = Pick<Analyser, 'f0' | 'confidence' | 'loudness'>;

export class BackgroundGate {
  /** the player is heard */
  open = false;
  /** dB: voiced frames that are louder open the gate */
  threshold = PRIOR;

  readonly #frame: number;
  readonly #levels: RecentHistogram;
  /** loudness of the last BEFORE seconds of background; what leaves it goes into the histogram */
  readonly #waiting: Float64Array;
  #waits = 0;
  #at = 0;
  /** dB: the loudest frame that was background for sure when the stream began */
  #first = Number.NaN;
  /** seconds: voiced frames of one pitch, the sure ones and the clear and audible ones among them */
  #run = 0;
  #sureRun = 0;
  #clearRun = 0;
  #f0 = 0;
  #unvoiced = 0;
  #unsure = 0;
  #sinceNote = Number.POSITIVE_INFINITY;
  #quiet = 0;
  /** share of the background's frames that have a pitch, and how many frames that is known from */
  #pitched = 1;
  #frames = 0;

  /** @param frame seconds */
  constructor(frame: number) {
    this.#frame = frame;
    this.#levels = new RecentHistogram(LOUDNESS_FLOOR, LOUDEST, STEP, MEMORY);
    this.#waiting = new Float64Array(Math.max(Math.round(BEFORE / frame), 1));
  }

  /** dB of the analysis' loudness: what the loudest frames of the background reach; NaN if nothing is known */
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

  /** Takes over what `other` knows. */
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

  /** dB above the background at which any voiced frame opens the gate */
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

  /** The stream has just begun: the loudest frame, but for the last ones, which may be an attack. */
  #begin(): void {
    const { length } = this.#waiting;
    const back = Math.round(ATTACK / this.#frame);
    if (this.#waits <= back) return;
    const loudness = this.#waiting[(this.#at - 1 - back + 2 * length) % length];
    this.#first = Number.isNaN(this.#first) ? loudness : Math.max(this.#first, loudness);
  }

  /** A background that has ended does not keep the gate up. */
  #compare(loudness: number): void {
    this.#quiet = loudness < this.#levels.quantile(0.5) - DROP ? this.#quiet + this.#frame : 0;
    if (this.#quiet < DROPPED) return;
    this.#levels.clear();
    this.#first = loudness;
    this.#quiet = 0;
  }
}
