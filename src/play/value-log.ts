/**
 * The last entries of a stream, of some values each, for whoever asks for them now and then.
 *
 * Written in the audio callback, drained from a message handler: both run on the audio thread, one
 * after the other, so nothing here needs a lock. When nobody drains, the oldest entries are lost.
 */

export class ValueLog {
  /** what an entry is written to, from its `place` on */
  readonly values: Float64Array;
  readonly #width: number;
  readonly #capacity: number;
  #written = 0;
  #read = 0;

  /** @param width values of an entry @param capacity entries kept */
  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#capacity = capacity;
    this.values = new Float64Array(capacity * width);
  }

  /** Audio callback. Where in `values` the next entry is to be written, at once. */
  place(): number {
    return (this.#written++ % this.#capacity) * this.#width;
  }

  /**
   * Moves the entries written since the last drain to `target`, oldest first; what does not fit stays.
   * @returns entries written to `target`
   */
  drain(target: Float64Array): number {
    const width = this.#width;
    this.#read = Math.max(this.#read, this.#written - this.#capacity);
    const count = Math.min(this.#written - this.#read, Math.floor(target.length / width));
    for (let i = 0; i < count; i++) {
      const at = ((this.#read + i) % this.#capacity) * width;
      for (let k = 0; k < width; k++) target[i * width + k] = this.values[at + k];
    }
    this.#read += count;
    return count;
  }
}
