/**
 * Finds mains hum (50 or 60 Hz and its multiples) in the input and subtracts it.
 *
 * Two properties tell hum from notes. Its frequency lies within 0.3 Hz of the mains frequency. Its phase stays coherent
 * for seconds. A line of hum is a complex amplitude that rotates with a common base phase. The amplitudes are learned
 * from the remainder after the subtraction (block LMS). A phase-locked loop over all lines follows the mains frequency.
 *
 * Notes are preserved. While somebody plays, a line within NEAR Hz of a partial of the note keeps its amplitude and
 * only rotates with the base phase. Other lines are learned slowly. A notch filter would remove a note of 100 Hz
 * together with the hum.
 *
 * It runs on the audio thread, except for the constructors. The learned values change once per frame (`adapt`), so the
 * result does not depend on how a stream is cut.
 */

import { HumComb } from './hum-comb';

/** Mains frequencies, Hz. */
const MAINS = [50, 60] as const;
/** Number of lines in the search for hum (those of 50 and 60 Hz all differ), and number of lines that are removed. */
const SOUGHT = 5;
const REMOVED = 20;
/** Seconds over which coherence is measured, and seconds for which it must last. */
const COHERENCE = 0.4;
const LASTING = 0.3;
/** Minimum share of coherent power around a line. It is 1 for hum alone and about 0.02 for noise. */
const COHERENT = 0.4;
/** Amplitude below which hum is not removed: -95 dBFS. */
const FAINT = 1.8e-5;
/** Seconds after which hum that has faded is forgotten. */
const GONE = 5;
/** Time constants in seconds for learning a line: while nobody plays, and while somebody plays. */
const IDLE = 0.5;
const PLAYING = 2;
/** Time constants in seconds of the phase-locked loop: while nobody plays, and while somebody plays. */
const LOOP = 0.3;
const LOOP_PLAYING = 0.4;
/** Seconds over which the mains frequency is measured, before hum is removed. */
const TURNING = 0.2;
/** A note is recognised this many frames late. What was learned in these frames is undone. */
const LATE = 5;

export class HumFilter {
  /** Mains frequency of the hum that is being removed, in Hz; 0: none. */
  mains: 0 | 50 | 60 = 0;

  readonly #frame: number;
  /** Combs that search for hum, one for each mains frequency. */
  readonly #sought: readonly HumComb[];
  /** Combs that remove hum, one for each mains frequency. */
  readonly #removers: readonly HumComb[];
  readonly #lasted = [0, 0];
  #active: HumComb | null = null;
  /** Seconds for which the active comb has learned. `#faint`: seconds for which the hum has been faint. */
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

  /** Continues from the state of `other`, which has heard `ahead` samples more. */
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
    // the mean of everything that was heard so far, until that is IDLE seconds long
    const gain = Math.max(this.#frame / IDLE, Math.min(this.#frame / this.#learned, 0.2));
    comb.learn(gain, this.#frame / LOOP, false, 0);
    this.#faint = comb.power < FAINT ** 2 / 2 ? this.#faint + this.#frame : 0;
    if (this.#faint > GONE) this.reset();
  }
}
