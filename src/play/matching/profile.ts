/**
 * What is known of a player: the pitches and the levels of the notes that were heard recently, and the forte. It
 * does not belong to a model: engines that take over from one another share it.
 */

import { RecentHistogram } from '../../analysis/recent-histogram';
import { Forte } from './forte';
import { checkPlayerData, type PlayerData } from './player-data';

const LOWEST_HZ = 8;
const HIGHEST_HZ = 32_768;
const SEMITONE = 1 / 12;
/** dB */
const QUIETEST = -80;
const LOUDEST = 100;
const STEP = 0.5;
/** Seconds. One phrase is not enough to change what is known of a player, a few phrases are. */
const MEMORY = 15;
/** Share of the recent notes that lie below their loud level. */
const LOUD = 0.95;
/** Share that lie below their soft level. */
const SOFT = 0.25;
/** dB below the loud level: what is quieter is no note. */
const SOFTEST = 35;
/** dB: a quieter sound is no note. */
const FAINTEST = -62;
/** How fast a player who does not play is forgotten, in relation to one who plays. */
const RESTING = 0.25;

/** Seconds of notes without which a calibration fails. */
const CALIBRATION = 0.3;

/** `failed`: there was hardly a note in the time that was given. */
export type Calibration = 'none' | 'listening' | 'done' | 'failed';

export class PlayerProfile {
  /** log2 Hz */
  readonly pitch = new RecentHistogram(Math.log2(LOWEST_HZ), Math.log2(HIGHEST_HZ), SEMITONE, MEMORY);
  /** dB of the analysis */
  readonly loudness = new RecentHistogram(QUIETEST, LOUDEST, STEP, MEMORY);
  readonly forte = new Forte();
  /** how often it was forgotten or restored */
  replacements = 0;
  /** what has become of the last `calibrate` */
  calibration: Calibration = 'none';

  /** levels of the notes since `calibrate` */
  readonly #measured = new RecentHistogram(QUIETEST, LOUDEST, STEP, Number.POSITIVE_INFINITY);
  /** seconds until the calibration ends */
  #left = 0;

  /** Seconds of notes that are remembered. */
  get seconds(): number {
    return this.pitch.seconds;
  }

  /** Whether a frame with a pitch may be the player's: it is much quieter than the player only where all is. */
  isNote(loudness: number): boolean {
    if (!(loudness > FAINTEST)) return false;
    return this.loudness.seconds < 0.5 || loudness > this.loudness.quantile(LOUD) - SOFTEST;
  }

  /**
   * A frame of `seconds` of a note.
   * @param octave log2 Hz
   * @param begins the note begins after a pause
   */
  hear(octave: number, loudness: number, seconds: number, begins: boolean): void {
    this.pitch.age(seconds);
    this.loudness.age(seconds);
    this.pitch.add(octave, seconds);
    this.loudness.add(loudness, seconds);
    this.forte.hear(this.loudness.quantile(LOUD), this.loudness.quantile(SOFT), seconds, begins);
  }

  /** A frame of `seconds` in which nobody plays. */
  rest(seconds: number): void {
    this.pitch.age(RESTING * seconds);
    this.loudness.age(RESTING * seconds);
    this.forte.rest(seconds);
  }

  /**
   * The loud notes of the next `seconds` are the player's forte. `calibration` tells when that is done, and whether
   * there were notes.
   */
  calibrate(seconds: number): void {
    this.#measured.clear();
    this.#left = seconds;
    this.calibration = 'listening';
  }

  /**
   * Every frame, also while nothing else is learned.
   * @param loudness dB; NaN: no note
   */
  measure(loudness: number, seconds: number): void {
    if (this.calibration !== 'listening') return;
    if (!Number.isNaN(loudness)) this.#measured.add(loudness, seconds);
    this.#left -= seconds;
    if (this.#left > 0) return;
    if (this.#measured.seconds < CALIBRATION) {
      this.calibration = 'failed';
      return;
    }
    const forte = this.#measured.quantile(LOUD);
    this.forte.set(forte);
    // soft notes that follow do not lower it for as long as loud ones are remembered
    this.loudness.clear();
    this.loudness.add(forte, MEMORY);
    this.calibration = 'done';
  }

  /** Set-up only. @returns all that is known, to be restored by `restore` */
  save(): PlayerData {
    const { level, evidence, uncertainty } = this.forte;
    return {
      version: 1,
      forte: level,
      uncertainty,
      evidence,
      pitch: this.pitch.entries().map(([octave, seconds]) => [2 ** octave, seconds]),
      loudness: this.loudness.entries(),
    };
  }

  /**
   * Forgets everything and takes over what was saved.
   * @throws OptionError that names the field
   */
  restore(data: PlayerData): void {
    const { forte, evidence, pitch, loudness } = checkPlayerData(data);
    this.clear();
    for (const [hz, seconds] of pitch) this.pitch.add(Math.log2(hz), seconds);
    for (const [level, seconds] of loudness) this.loudness.add(level, seconds);
    this.forte.set(forte, evidence);
  }

  /** Forgets the player. */
  clear(): void {
    this.pitch.clear();
    this.loudness.clear();
    this.forte.reset();
    this.calibration = 'none';
    this.replacements++;
  }
}
