/**
 * Pitch of what a model plays, by a tracker that had no part in its training: a network of CREPE's shape where one is
 * given, else pYIN. The same tracker hears the recording.
 *
 * - `pitchError`, cents: median over the frames that both sounds have a pitch in and that are not missed.
 * - `pitchMissed`, %: frames in which the recording has a pitch and the model none, or one more than 50 cents away.
 */

import type { AnalysisSettings } from '../../../analysis/track';
import type { PitchNetwork } from '../../data/pitch/neural/network';
import { trackNeural } from '../../data/pitch/neural/neural-track';
import { trackPyin } from '../../data/pitch/pyin';
import type { Yardsticks } from './yardsticks';

/** Cents. */
const MISSED = 50;

export class PitchError {
  readonly #settings: AnalysisSettings;
  readonly #network: PitchNetwork | null;
  /** cents of each frame that has a pitch in the recording; infinite where the model has none */
  readonly #errors: number[] = [];

  /**
   * @param settings sample rate of the sounds, frames and range of the pitch
   * @param network null: pYIN
   */
  constructor(settings: AnalysisSettings, network: PitchNetwork | null) {
    this.#settings = settings;
    this.#network = network;
  }

  /** Adds one sound. */
  async add(model: Float32Array, recording: Float32Array): Promise<void> {
    const [played, wanted] = [await this.#track(model), await this.#track(recording)];
    for (let i = 0; i < wanted.length; i++) {
      if (!(wanted[i] > 0)) continue;
      const cents = played[i] > 0 ? Math.abs(1200 * Math.log2(played[i] / wanted[i])) : Infinity;
      this.#errors.push(cents);
    }
  }

  get result(): Yardsticks {
    if (this.#errors.length === 0) return {};
    const hits = this.#errors.filter((cents) => cents <= MISSED).sort((a, b) => a - b);
    const missed = 100 * (1 - hits.length / this.#errors.length);
    return {
      ...(hits.length > 0 && { pitchError: { value: hits[hits.length >> 1], recording: 0 } }),
      pitchMissed: { value: missed, recording: 0 },
    };
  }

  /** @returns Hz of each frame, 0 = unvoiced */
  async #track(audio: Float32Array): Promise<ArrayLike<number>> {
    if (this.#network) return (await trackNeural(audio, this.#settings, this.#network, true)).f0;
    const { f0, voiced } = await trackPyin(audio, this.#settings);
    return f0.map((hz, i) => hz * voiced[i]);
  }
}
