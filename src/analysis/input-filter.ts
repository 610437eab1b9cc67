/** Filters the input before the analysis: a high-pass filter, and the removal of mains hum. */

import { HighPass } from './high-pass';
import { HumFilter } from './hum';

/** Cutoff as a share of the lowest pitch. A note at the lowest pitch loses 0.2 dB. */
const CUTOFF = 0.7;

/**
 * `auto`: a high-pass below `pitchMin`, and hum removal. A number: its cutoff in Hz, and hum removal. `off`: no filter.
 */
export type FilterSetting = 'auto' | 'off' | number;

export class InputFilter {
  readonly #highPass: HighPass | null;
  readonly #hum: HumFilter | null;

  /**
   * @param sampleRate Hz
   * @param frame seconds from frame to frame
   * @param pitchMin Hz: lowest pitch of the search
   */
  constructor(sampleRate: number, frame: number, pitchMin: number, setting: FilterSetting) {
    const off = setting === 'off';
    this.#highPass = off ? null : new HighPass(sampleRate, setting === 'auto' ? CUTOFF * pitchMin : setting);
    this.#hum = off ? null : new HumFilter(sampleRate, frame);
  }

  /** Hz, mains frequency of the hum that is being removed; 0 = none */
  get mains(): 0 | 50 | 60 {
    return this.#hum?.mains ?? 0;
  }

  /** dBFS: RMS of the hum that is being removed; -Infinity if there is none */
  get humLevel(): number {
    return this.#hum?.level ?? Number.NEGATIVE_INFINITY;
  }

  /** Audio thread. Filters samples `from` to `to` (excluded) in place. */
  process(samples: Float32Array, from: number, to: number): void {
    this.#highPass?.process(samples, from, to);
    this.#hum?.process(samples, from, to);
  }

  /**
   * Audio thread. Call it once per frame.
   * @param playing somebody plays
   * @param f0 Hz of the note; 0 = unknown
   */
  adapt(playing: boolean, f0: number): void {
    this.#hum?.adapt(playing, f0);
  }

  /** Audio thread. Continues from the state of `other`, which has heard `ahead` samples more. */
  adopt(other: InputFilter, ahead: number): void {
    if (this.#hum && other.#hum) this.#hum.adopt(other.#hum, ahead);
  }

  reset(): void {
    this.#highPass?.reset();
    this.#hum?.reset();
  }
}
