/** A-weighted loudness of a spectrum. */

import { LOUDNESS_FLOOR } from '../../../analysis/config';
import { aWeighting } from '../../../analysis/loudness';

const DECIBELS = 10 / Math.LN10;

export class AWeighted {
  readonly #weights: Float64Array;

  /** @param size N of the transform whose N/2 + 1 bins are weighed */
  constructor(sampleRate: number, size: number) {
    const bins = size / 2 + 1;
    this.#weights = Float64Array.from(
      { length: bins },
      (_, k) => 10 ** (aWeighting((k * sampleRate) / size) / 10) / bins,
    );
  }

  /** @returns dB of the mean A-weighted power, not below -80 */
  loudness(powers: Float32Array): number {
    let sum = 0;
    for (let k = 0; k < powers.length; k++) sum += this.#weights[k] * powers[k];
    return sum < 10 ** (LOUDNESS_FLOOR / 10) ? LOUDNESS_FLOOR : DECIBELS * Math.log(sum);
  }
}
