/**
 * Finds mains hum (50 or 60 Hz and its multiples) in the input and subtracts it.
 *
 * Hum is told from notes by its frequency, which lies within 0.3 Hz of the mains', and by its phase, which stays
 * coherent for seconds. A line of hum is a complex amplitude that turns with a common base phase. All lines are
 * learned from what is left after subtraction (block LMS), and a phase-locked loop over all of them follows the
 * frequency of the mains.
 *
 * Notes are left alone. While somebody plays, a line within NEAR Hz of a partial of the note keeps its amplitude
 * and only turns with the base phase; other lines are learned slowly. A notch filter would remove a note of
 * 100 Hz together with the hum.
 *
 * Audio thread, except for the constructors. What is learned changes once per frame (`adapt`), so the result does
 * not depend on how a stream is cut.
 */

import { HumComb } from './hum-comb';

/** Hz */
const MAINS = [50, 60] as const;
/** Lines looked for before hum is known (their frequencies are all different), and lines removed then. */
const SOUGHT = 5;
const REMOVED = 20;
/** Seconds over which coherence is measured, and for which it must last. */
const COHERENCE = 0.4;
const LASTING = 0.3;
/** Share of the power around a line that turns with the mains: 1 for hum alone, about 0.02 for noise. */
const COHERENT = 0.4;
/** Amplitude of a line that is worth the work: -95 dBFS. */
const FAINT = 1.8e-5;
/** Seconds after which hum that has faded is forgotten. */
const GONE = 5;
/** Seconds that a line takes to be learned while nobody plays, and while somebody does. */
const IDLE = 0.5;
const PLAYING = 2;
/** Seconds in which the phase of the mains is followed while nobody plays, and while somebody does. */
const LOOP = 0.3;
const LOOP_PLAYING = 0.4;
/** Seconds over which the frequency of the mains is measured before hum is removed. */
const TURNING = 0.2;
/** Frames by which a note is recognised late: what was learned from them is taken back. */
const LATE = 5;

export class HumFilter {
  /** Hz of the mains whose hum is being removed; 0 = none */
  mains: 0 | 50 | 60 = 0;

  readonly #frame: number;
  /** lines that are looked for, of each mains frequency */
  readonly #sought: readonly HumComb[];
  /** lines that are removed, of each mains frequency */
  readonly #removers: readonly HumComb[];
  readonly #lasted = [0, 0];
  #active: HumComb | null = null;
  /** seconds that the active comb has learned, and has been faint */
  #learned = 0;
  #faint = 0;
  #wasPlaying = false;

  /**
   * @param sampleRate Hz
   * @param frame seconds from frame to frame
   */
  constructor(sampleRate: number, frame: number) {
    this.#frame = frame;
    this.#sought = MAINS.map(
      (hz) => new HumComb(sampleRate, frame, hz, SOUGHT, Math.round(TURNING / frame) + 1),
    );
    this.#removers = MAINS.map((hz) => new HumComb(sampleRate, frame, hz, REMOVED, LATE));
  }

  /** Hz of the hum that is being removed; 0 if there is none */
  get frequency(): number {
    return this.#active?.frequency ?? 0;
  }

  /** dBFS: RMS of the hum that is being removed; -Infinity if there is none */
  get level(): number {
    return this.#active ? 10 * Math.log10(this.#active.power) : Number.NEGATIVE_INFINITY;
  }

  /** Removes hum from samples `from` to `to` (excluded), in place. */
  process(samples: Float32Array, from: number, to: number): void {
    if (this.#active) {
      this.#active.subtract(samples, from, to);
      this.#active.listen(samples, from, to);
      return;
    }
    for (let i = 0; i < this.#sought.length; i++) this.#sought[i].listen(samples, from, to);
  }

  /**
   * Learns from the samples since the last call. Call it once per frame.
   * @param playing somebody plays
   * @param f0 Hz of the note; 0 = unknown
   */
  adapt(playing: boolean, f0: number): void {
    if (this.#active) this.#learn(this.#active, playing, f0);
    else this.#seek(playing);
    this.#wasPlaying = playing;
  }

  /** Goes on where `other` is, which has heard `ahead` samples more. */
  adopt(other: HumFilter, ahead: number): void {
    if (!other.#active) return;
    const index = other.mains === MAINS[0] ? 0 : 1;
    this.#activate(index);
    this.#removers[index].adopt(other.#removers[index], ahead);
    this.#learned = other.#learned;
    this.#wasPlaying = other.#wasPlaying;
  }

  reset(): void {
    this.mains = 0;
    this.#active = null;
    this.#lasted.fill(0);
    this.#wasPlaying = false;
    for (let i = 0; i < MAINS.length; i++) {
      this.#sought[i].reset();
      this.#removers[i].reset();
    }
  }

  #seek(playing: boolean): void {
    const share = this.#frame / COHERENCE;
    let found = -1;
    for (let i = 0; i < MAINS.length; i++) {
      const comb = this.#sought[i];
      comb.measure(share);
      const coherent = !playing && comb.coherentPower(COHERENT) > FAINT ** 2;
      this.#lasted[i] = coherent ? this.#lasted[i] + this.#frame : 0;
      if (this.#lasted[i] < LASTING) continue;
      if (found < 0 || comb.coherentPower(COHERENT) > this.#sought[found].coherentPower(COHERENT)) found = i;
    }
    if (found >= 0) this.#activate(found);
  }

  #activate(index: number): void {
    this.mains = MAINS[index];
    this.#active = this.#removers[index];
    this.#active.reset(this.#sought[index].measuredFrequency);
    this.#learned = 0;
    this.#faint = 0;
  }

  #learn(comb: HumComb, playing: boolean, f0: number): void {
    if (playing) {
      if (!this.#wasPlaying) comb.takeBack();
      comb.learn(this.#frame / PLAYING, this.#frame / LOOP_PLAYING, true, f0);
      this.#faint = 0;
      return;
    }
    this.#learned += this.#frame;
    // a mean of all that was heard, until that is IDLE seconds long
    const gain = Math.max(this.#frame / IDLE, Math.min(this.#frame / this.#learned, 0.2));
    comb.learn(gain, this.#frame / LOOP, false, 0);
    this.#faint = comb.power < FAINT ** 2 / 2 ? this.#faint + this.#frame : 0;
    if (this.#faint > GONE) this.reset();
  }
}
