/** The range of pitch and level that a model was trained on. */

import { LOUDNESS_FLOOR } from '../../engine/analysis/analyser';
import { FIRST_F0 } from '../../engine/analysis/follower';
import type { Track } from '../../engine/analysis/track';
import type { Statistics } from '../../model/model';

const PERCENTILES = [0.05, 0.5, 0.95] as const;

/** Gathers the frames of the slices that are kept. */
export class FrameStatistics {
  readonly #f0: number[] = [];
  readonly #loudness: number[] = [];
  #frames = 0;

  add({ f0, loudness }: Pick<Track, 'f0' | 'loudness'>, start: number, count: number): void {
    for (let i = start; i < start + count; i++) {
      if (f0[i] > 0) this.#f0.push(f0[i]);
      if (loudness[i] > LOUDNESS_FLOOR) this.#loudness.push(loudness[i]);
    }
    this.#frames += count;
  }

  /** Share of the frames that have a pitch. */
  get voicedShare(): number {
    return this.#frames === 0 ? 0 : this.#f0.length / this.#frames;
  }

  summarise(): Statistics {
    return { f0: percentiles(this.#f0, FIRST_F0), loudness: percentiles(this.#loudness, LOUDNESS_FLOOR) };
  }
}

/** Interpolated between the two nearest values; `otherwise` thrice when there are none. */
function percentiles(values: readonly number[], otherwise: number): [number, number, number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    if (sorted.length === 0) return otherwise;
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  const [low, middle, high] = PERCENTILES;
  return [at(low), at(middle), at(high)];
}
