/**
 * The knowledge about a player: pitches and levels of the recent notes, and the forte. It does not belong to a model.
 * Engines that take over from one another share it.
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
/** Seconds. A single phrase is too short to change the knowledge about a player; a few phrases are long enough. */
const MEMORY = 15;
/** Quantile that is the loud level of the recent notes. */
const LOUD = 0.95;
/** Quantile that is the soft level. */
const SOFT = 0.25;
/** dB below the loud level: a quieter frame is no note. */
const SOFTEST = 35;
/** dB: a quieter sound is no note. */
const FAINTEST = -62;
/** Speed of forgetting while the player rests, relative to the speed while the player plays. */
const RESTING = 0.25;

/** Minimum seconds of notes for a calibration; with fewer it fails. */
const CALIBRATION = 0.3;

/** `failed`: there were hardly any notes in the given time. */
export type Calibration = 'none' | 'listening' | 'done' | 'failed';

export class PlayerProfile {
  /** log2 Hz */
  readonly pitch = new RecentHistogram(Math.log2(LOWEST_HZ), Math.log2(HIGHEST_HZ), SEMITONE, MEMORY);
  /** dB of the analysis */
  readonly loudness = new RecentHistogram(QUIETEST, LOUDEST, STEP, MEMORY);
  readonly forte = new Forte();
  /** number of times that the profile was cleared or restored */
  replacements = 0;
  /** state of the last `calibrate` */
  calibration: Calibration = 'none';

  /** levels of the notes since `calibrate` */
  readonly #measured = new RecentHistogram(QUIETEST, LOUDEST, STEP, Number.POSITIVE_INFINITY);
  /** seconds until the calibration ends */
  #left = 0;

  /** Seconds of notes that are remembered. */
  get seconds(): number {
    return this.pitch.seconds;
  }

  /**
   * Whether a frame with a pitch may belong to the player. A frame far below the player's loud level does not, unless
   * all are that quiet.
   */
  isNote(loudness: number): boolean {
    if (!(loudness > FAINTEST)) return false;
    return this.loudness.seconds < 0.5 || loudness > this.loudness.quantile(LOUD) - SOFTEST;
  }

  /**
   * Takes a frame of a note that lasts `seconds`.
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

  /** Takes a frame of `seconds` in which nobody plays. */
  rest(seconds: number): void {
    this.pitch.age(RESTING * seconds);
    this.loudness.age(RESTING * seconds);
    this.forte.rest(seconds);
  }

  /**
   * Starts a calibration: the loud notes of the next `seconds` become the player's forte. `calibration` shows when it
   * has ended, and whether there were notes.
   */
  calibrate(seconds: number): void {
    this.#measured.clear();
    this.#left = seconds;
    this.calibration = 'listening';
  }

  /**
   * Takes every frame for a calibration, also while the profile is locked.
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
    // soft notes that follow must not lower the forte while the loud notes are still remembered
    this.loudness.clear();
    this.loudness.add(forte, MEMORY);
    this.calibration = 'done';
  }

  /** Set-up only. @returns the whole profile, for `restore` */
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
   * Replaces the profile by one that was saved.
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
