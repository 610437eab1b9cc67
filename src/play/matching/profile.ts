/**
 * What is known of a player: the pitches and the levels of the notes that were heard lately. It is no
 * model's: engines that take over from one another share it.
 */

import { RecentHistogram } from './recent-histogram';

const LOWEST_HZ = 8;
const HIGHEST_HZ = 32_768;
const SEMITONE = 1 / 12;
/** dB */
const QUIETEST = -80;
const LOUDEST = 100;
const STEP = 0.5;

export class PlayerProfile {
  /** log2 Hz */
  readonly pitch = new RecentHistogram(Math.log2(LOWEST_HZ), Math.log2(HIGHEST_HZ), SEMITONE);
  /** dB of the analysis */
  readonly loudness = new RecentHistogram(QUIETEST, LOUDEST, STEP);

  /** Seconds of notes that are remembered. */
  get seconds(): number {
    return this.pitch.seconds;
  }

  /** A frame of `seconds` of a note. */
  hear(octave: number, loudness: number, seconds: number): void {
    this.pitch.add(octave, seconds);
    this.loudness.add(loudness, seconds);
  }

  age(seconds: number): void {
    this.pitch.age(seconds);
    this.loudness.age(seconds);
  }

  clear(): void {
    this.pitch.clear();
    this.loudness.clear();
  }
}
