/**
 * A ring buffer of the last entries of a stream. Each entry has a fixed number of values. Readers drain it now and
 * then.
 *
 * It is written in the audio callback and drained from a message handler. Both run on the audio thread, one after the
 * other, so no lock is needed. If nobody drains it, the oldest entries are lost.
 */

export class ValueLog {
  /** values of all entries; each entry is written from its `place` on */
  readonly values: Float64Array;
  readonly #width: number;
  readonly #capacity: number;
  #written = 0;
  #read = 0;

  /** @param width values per entry @param capacity entries kept */
  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#capacity = capacity;
    this.values = new Float64Array(capacity * width);
  }

  /** Audio callback. Returns the index in `values` where the next entry must be written at once. */
  place(): number {
    return (this.#written++ % this.#capacity) * this.#width;
  }

  /**
   * Moves the entries since the last drain to `target`, oldest first. Entries that do not fit stay in the log.
   * @returns number of entries written to `target`
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
