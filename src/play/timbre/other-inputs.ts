/**
 * Converts a frame for one model into a frame for the other. The pitch does not change. The loudness keeps its relative
 * place in the range that the model learned.
 */

import { LOUDNESS_FLOOR } from '../../analysis/config';
import type { Statistics } from '../../model/model';
import type { Instrument } from '../instrument';
import { LOUDNESS } from '../sources/source';

export class OtherInputs {
  readonly #values: Float64Array;
  /** index of each value in the first model's frame; -1: it has no such value */
  readonly #places: Int32Array;
  readonly #from: Statistics;
  readonly #to: Statistics;

  constructor(one: Instrument, other: Instrument) {
    this.#values = other.frame.create();
    this.#places = Int32Array.from(other.frame.names, (name) => one.frame.names.indexOf(name));
    this.#from = one.model.statistics;
    this.#to = other.model.statistics;
  }

  /** Audio thread. @param literal true: the loudness does not change either */
  of(inputs: Float64Array, literal: boolean): Float64Array {
    const values = this.#values;
    for (let i = 0; i < values.length; i++) if (this.#places[i] >= 0) values[i] = inputs[this.#places[i]];
    if (!literal) values[LOUDNESS] = this.#loudness(inputs[LOUDNESS]);
    return values;
  }

  #loudness(loudness: number): number {
    if (loudness <= LOUDNESS_FLOOR) return loudness;
    const soft = this.#from.loudness[0];
    const loud = this.#from.loudness[2];
    const to = this.#to.loudness;
    const inside = Math.min(Math.max(loudness, soft), loud);
    const share = (inside - soft) / Math.max(loud - soft, 1e-9);
    const placed = to[0] + share * (to[2] - to[0]);
    return Math.max(placed + loudness - inside, LOUDNESS_FLOOR);
  }
}
