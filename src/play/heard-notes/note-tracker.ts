/**
 * Finds notes in the frames of a listener as they come: pitch and loudness in, notes on and off out.
 *
 * - A note begins when a pitch has held for SETTLE seconds. Its time is where that pitch began.
 * - Another pitch that holds as long, more than half a semitone away, ends the note and begins the next. A small step
 *   must hold longer: a vibrato comes back.
 * - A note that is struck again begins anew: its loudness has fallen by DIP, and has risen by as much.
 * - A note ends when GAP seconds pass without a pitch.
 *
 * So a note is known SETTLE seconds after it began, or a little later; its event carries the time when it began.
 * Nothing is allocated after construction.
 */

import type { ValueLog } from '../value-log';

/** Values of an event: time, 1 (on) or 0 (off), MIDI note number, velocity, cents. */
export const NOTE_VALUES = 5;

/** Seconds that a pitch must hold to be a note. */
const SETTLE = 0.05;
/** Semitones that it may move meanwhile. */
const STEADY = 0.8;
/** Semitones away at which a pitch that holds is another note. */
const STEP = 0.6;
/** A step smaller than this must hold for so many seconds: more than half a cycle of a vibrato. */
const SMALL_STEP = 1.4;
const SMALL_SETTLE = 0.09;
/** Seconds without a pitch that end a note. */
const GAP = 0.035;
/** dB by which loudness falls and rises between two strokes of a note. */
const DIP = 5;
/** dB a second that the recent peak of loudness is forgotten by. */
const FORGETTING = 20;
/** Seconds that a note lasts before it can be struck again. */
const SHORTEST = 0.08;
/** Seconds over which the pitch of a note is averaged at first, and what a frame counts for later. */
const AVERAGE = 0.3;
/** Frames that are remembered. */
const MEMORY = 256;
/** Bins of the histogram that a note's pitch is the median of: so many a semitone, so many semitones either way. */
const BINS_A_SEMITONE = 20;
const REACH = 3;
const A4 = 440;

export class NoteTracker {
  readonly #log: ValueLog;
  readonly #rate: number;
  readonly #times = new Float64Array(MEMORY);
  readonly #pitches = new Float64Array(MEMORY);
  readonly #velocities = new Float64Array(MEMORY);
  /** frames of the note by pitch, its number in the middle */
  readonly #histogram = new Uint32Array(2 * REACH * BINS_A_SEMITONE + 1);
  /** frames of the stretch that has a pitch, MEMORY at most */
  #count = 0;
  #written = 0;
  #lastVoiced = Number.NEGATIVE_INFINITY;

  /** MIDI note number of the note that sounds; -1: none */
  #note = -1;
  #onset = 0;
  #centre = 0;
  #averaged = 0;
  #velocity = 0;
  #peak = Number.NEGATIVE_INFINITY;
  #valley = Number.POSITIVE_INFINITY;
  #valleyAt = 0;
  /** mean pitch of the last stretch that was looked at */
  #mean = 0;

  /**
   * @param log takes the events; of NOTE_VALUES values each
   * @param rate units of time a second
   */
  constructor(log: ValueLog, rate: number) {
    this.#log = log;
    this.#rate = rate;
  }

  /**
   * Audio thread. Takes the next frame.
   * @param time of its middle
   * @param hz 0: no note of the player's
   * @param loudness dB
   * @param velocity 1..127, that this loudness stands for
   */
  next(time: number, hz: number, loudness: number, velocity: number): void {
    const now = time / this.#rate;
    if (hz > 0) this.#voiced(now, hz, loudness, velocity);
    else if (now - this.#lastVoiced > GAP) this.#silence(this.#lastVoiced);
  }

  /** Ends the note that sounds. */
  end(time: number): void {
    this.#silence(time / this.#rate);
  }

  #silence(since: number): void {
    this.#count = 0;
    this.#end(since);
  }

  #voiced(time: number, hz: number, loudness: number, velocity: number): void {
    const pitch = 69 + 12 * Math.log2(hz / A4);
    this.#remember(time, pitch, velocity);
    this.#lastVoiced = time;
    if (this.#note < 0) {
      if (this.#holds(time, SETTLE)) this.#begin(this.#beginning(Number.NaN), loudness);
      return;
    }
    this.#follow(pitch, velocity);
    if (this.#struckAgain(time, loudness)) {
      const at = this.#valleyAt;
      this.#end(at);
      this.#begin(at, loudness);
    } else if (this.#steps(time)) {
      const at = Math.max(this.#beginning(this.#centre), this.#onset + SETTLE);
      this.#end(at);
      this.#begin(at, loudness);
    }
  }

  #remember(time: number, pitch: number, velocity: number): void {
    const slot = this.#written % MEMORY;
    this.#times[slot] = time;
    this.#pitches[slot] = pitch;
    this.#velocities[slot] = velocity;
    this.#written++;
    this.#count = Math.min(this.#count + 1, MEMORY);
  }

  /** Slot of the frame `ago` frames before the last. */
  #slot(ago: number): number {
    return (this.#written - 1 - ago) % MEMORY;
  }

  /** Seconds from the frame before the last to the last; 0 after a gap. */
  get #elapsed(): number {
    return this.#count > 1 ? Math.max(this.#times[this.#slot(0)] - this.#times[this.#slot(1)], 0) : 0;
  }

  /** Whether the last `seconds` had one pitch; `#mean` is that pitch then. */
  #holds(time: number, seconds: number): boolean {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (let ago = 0; ago < this.#count; ago++) {
      const slot = this.#slot(ago);
      const pitch = this.#pitches[slot];
      low = Math.min(low, pitch);
      high = Math.max(high, pitch);
      sum += pitch;
      if (high - low > STEADY) return false;
      if (time - this.#times[slot] >= seconds) {
        this.#mean = sum / (ago + 1);
        return true;
      }
    }
    return false;
  }

  #steps(time: number): boolean {
    if (!this.#holds(time, SETTLE)) return false;
    let step = Math.abs(this.#mean - this.#centre);
    if (step < STEP) return false;
    if (step < SMALL_STEP) {
      if (!this.#holds(time, SMALL_SETTLE)) return false;
      step = Math.abs(this.#mean - this.#centre);
    }
    return step >= STEP;
  }

  /** Where the pitch that holds began: nearer to it than to the one before. @param before NaN: there was none */
  #beginning(before: number): number {
    let at = this.#times[this.#slot(0)];
    for (let ago = 1; ago < this.#count; ago++) {
      const slot = this.#slot(ago);
      const away = Math.abs(this.#pitches[slot] - this.#mean);
      if (Number.isNaN(before) ? away > STEADY : away > Math.abs(this.#pitches[slot] - before)) break;
      at = this.#times[slot];
    }
    return at;
  }

  #struckAgain(time: number, loudness: number): boolean {
    this.#peak = Math.max(this.#peak - FORGETTING * this.#elapsed, loudness);
    if (loudness < this.#valley) {
      this.#valley = loudness;
      this.#valleyAt = time;
    }
    if (this.#valley > this.#peak - DIP) {
      if (loudness >= this.#peak) this.#valley = loudness;
      return false;
    }
    return loudness > this.#valley + DIP && this.#valleyAt > this.#onset + SHORTEST;
  }

  #follow(pitch: number, velocity: number): void {
    this.#averaged = Math.min(this.#averaged + this.#elapsed, AVERAGE);
    this.#centre += (this.#elapsed / this.#averaged) * (pitch - this.#centre);
    this.#velocity = Math.max(this.#velocity, velocity);
    this.#include(pitch);
  }

  #include(pitch: number): void {
    const bin = Math.round((pitch - this.#note + REACH) * BINS_A_SEMITONE);
    if (bin >= 0 && bin < this.#histogram.length) this.#histogram[bin]++;
  }

  /** Median of its pitch so far, cents above its number. */
  #cents(): number {
    let total = 0;
    for (let bin = 0; bin < this.#histogram.length; bin++) total += this.#histogram[bin];
    let bin = 0;
    for (let seen = this.#histogram[0]; 2 * seen < total; seen += this.#histogram[bin]) bin++;
    return 100 * (bin / BINS_A_SEMITONE - REACH);
  }

  #begin(at: number, loudness: number): void {
    this.#onset = at;
    this.#centre = this.#mean;
    this.#averaged = SETTLE;
    this.#velocity = 1;
    this.#note = Math.min(Math.max(Math.round(this.#mean), 0), 127);
    this.#histogram.fill(0);
    for (let ago = 0; ago < this.#count && this.#times[this.#slot(ago)] >= at; ago++) {
      this.#velocity = Math.max(this.#velocity, this.#velocities[this.#slot(ago)]);
      this.#include(this.#pitches[this.#slot(ago)]);
    }
    this.#peak = loudness;
    this.#valley = loudness;
    this.#write(at, 1);
  }

  #end(at: number): void {
    if (this.#note < 0) return;
    this.#write(at, 0);
    this.#note = -1;
  }

  #write(at: number, on: number): void {
    const { values } = this.#log;
    const place = this.#log.place();
    values[place] = at * this.#rate;
    values[place + 1] = on;
    values[place + 2] = this.#note;
    values[place + 3] = this.#velocity;
    values[place + 4] = this.#cents();
  }
}
