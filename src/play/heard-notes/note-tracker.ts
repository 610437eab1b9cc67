/**
 * Finds notes in a listener's frames as they arrive. Input: pitch and loudness. Output: note on and note off events.
 *
 * - A note begins when a pitch has lasted for SETTLE seconds. Its time is the start of that pitch.
 * - Another pitch ends the note and begins the next one if it is more than STEP semitones away and lasts as long. A
 *   small step must last longer, because a vibrato returns.
 * - A repeated note begins anew when its loudness has fallen by DIP and risen again by DIP.
 * - A note ends after GAP seconds without a pitch.
 *
 * So a note is known SETTLE seconds after its beginning, or a little later. Its event contains the time of the
 * beginning. Nothing is allocated after construction.
 */

import type { ValueLog } from '../value-log';

/** Values of an event: time, 1 (on) or 0 (off), MIDI note number, velocity, cents. */
export const NOTE_VALUES = 5;

/** Seconds that a pitch must last to be a note. */
const SETTLE = 0.05;
/** Largest movement of the pitch in that time, in semitones. */
const STEADY = 0.8;
/** Smallest distance in semitones between one note and the next. */
const STEP = 0.6;
/** A step below this many semitones must last for more than half a cycle of a vibrato; the time is in seconds. */
const SMALL_STEP = 1.4;
const SMALL_SETTLE = 0.09;
/** Seconds without a pitch that end a note. */
const GAP = 0.035;
/** dB by which the loudness must fall and rise between two strokes of a note. */
const DIP = 5;
/** dB per second by which the recent peak of the loudness falls. */
const FORGETTING = 20;
/** Seconds that a note must last before it can be struck again. */
const SHORTEST = 0.08;
/** The mean pitch covers the whole note up to this many seconds, and is then a running mean with this time constant. */
const AVERAGE = 0.3;
/** Number of frames that are remembered. */
const MEMORY = 256;
/** Bins of the histogram for the median pitch of a note: bins per semitone, and semitones to each side. */
const BINS_A_SEMITONE = 20;
const REACH = 3;
const A4 = 440;

export class NoteTracker {
  readonly #log: ValueLog;
  readonly #rate: number;
  readonly #times = new Float64Array(MEMORY);
  readonly #pitches = new Float64Array(MEMORY);
  readonly #velocities = new Float64Array(MEMORY);
  /** number of frames of the note at each pitch; the note number is in the middle */
  readonly #histogram = new Uint32Array(2 * REACH * BINS_A_SEMITONE + 1);
  /** number of frames in the current run with a pitch, at most MEMORY */
  #count = 0;
  #written = 0;
  #lastVoiced = Number.NEGATIVE_INFINITY;

  /** MIDI note number of the current note; -1: none */
  #note = -1;
  #onset = 0;
  #centre = 0;
  #averaged = 0;
  #velocity = 0;
  #peak = Number.NEGATIVE_INFINITY;
  #valley = Number.POSITIVE_INFINITY;
  #valleyAt = 0;
  /** mean pitch of the last run that was tested */
  #mean = 0;

  /**
   * @param log receives the events, with NOTE_VALUES values each
   * @param rate units of time per second
   */
  constructor(log: ValueLog, rate: number) {
    this.#log = log;
    this.#rate = rate;
  }

  /**
   * Audio thread. Takes the next frame.
   * @param time of the middle of the frame
   * @param hz 0: no note of the player
   * @param loudness dB
   * @param velocity 1..127, the velocity for this loudness
   */
  next(time: number, hz: number, loudness: number, velocity: number): void {
    const now = time / this.#rate;
    if (hz > 0) this.#voiced(now, hz, loudness, velocity);
    else if (now - this.#lastVoiced > GAP) this.#silence(this.#lastVoiced);
  }

  /** Ends the current note. */
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

  /** Slot of the frame that is `ago` frames before the last one. */
  #slot(ago: number): number {
    return (this.#written - 1 - ago) % MEMORY;
  }

  /** Seconds from the second last frame to the last; 0 after a gap. */
  get #elapsed(): number {
    return this.#count > 1 ? Math.max(this.#times[this.#slot(0)] - this.#times[this.#slot(1)], 0) : 0;
  }

  /** Whether the pitch was steady in the last `seconds`; then `#mean` is that pitch. */
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

  /**
   * Start of the steady pitch: the first frame nearer to it than to the previous pitch. @param before NaN: no previous
   * pitch
   */
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

  /** Median of the note's pitch so far, in cents above its note number. */
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
