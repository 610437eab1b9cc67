/** Writes long sequences of values to a store, in chunks of equal size. */

import type { Entry, StoreWriter } from '../../platform/stores/store';
import { chunkKey, record, sealFloats } from './database';

/** Values that are written together: 4 MB. */
const BATCH = 2 ** 20;

export class ChunkWriter {
  readonly #store: StoreWriter;
  readonly #key: string;
  readonly #size: number;
  readonly #chunk: Float32Array;
  readonly #planes: number;
  #filled = 0;
  #written = 0;
  #waiting: Entry[] = [];

  /**
   * @param size values of one plane in a chunk
   * @param planes number of parallel sequences; a chunk stores them one after the other
   */
  constructor(store: StoreWriter, key: string, size: number, planes: number) {
    this.#store = store;
    this.#key = key;
    this.#size = size;
    this.#planes = planes;
    this.#chunk = new Float32Array(size * planes);
  }

  /** @param planes of equal length */
  async write(planes: readonly Float32Array[]): Promise<void> {
    for (let at = 0; at < planes[0].length; ) {
      const count = Math.min(planes[0].length - at, this.#size - this.#filled);
      planes.forEach((plane, i) => {
        this.#chunk.set(plane.subarray(at, at + count), i * this.#size + this.#filled);
      });
      at += count;
      this.#filled += count;
      if (this.#filled < this.#size) continue;
      this.#endChunk();
      if (this.#waiting.length * this.#chunk.length >= BATCH) await this.#flush();
    }
  }

  /** Writes the rest, and the record that marks the data as complete. */
  async finish(value: object): Promise<void> {
    if (this.#filled > 0) this.#endChunk();
    this.#waiting.push(record(this.#key, value));
    await this.#flush();
  }

  #endChunk(): void {
    const values = new Float32Array(this.#filled * this.#planes);
    for (let i = 0; i < this.#planes; i++) {
      const from = i * this.#size;
      values.set(this.#chunk.subarray(from, from + this.#filled), i * this.#filled);
    }
    this.#waiting.push([chunkKey(this.#key, this.#written++), sealFloats(values)]);
    this.#filled = 0;
  }

  async #flush(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = [];
    await this.#store.put(entries);
  }
}
