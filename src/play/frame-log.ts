/**
 * The last frames' analysis, for displays.
 *
 * Written in the audio callback, drained from a message handler: both run on the audio thread, one
 * after the other, so nothing here needs a lock. When nobody drains, the oldest frames are lost.
 */

/** values of a frame: position, f0, confidence, loudness, register, level */
export const FRAME_VALUES = 6;

export class FrameLog {
  readonly #values: Float64Array;
  readonly #capacity: number;
  #written = 0;
  #read = 0;

  /** @param capacity frames kept */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#values = new Float64Array(capacity * FRAME_VALUES);
  }

  /**
   * Audio callback.
   * @param position samples played when the frame had been analysed
   * @param f0 Hz, 0 = unvoiced
   * @param confidence 0..1
   * @param loudness dB
   * @param register octaves that matching adds
   * @param level dB that matching adds
   */
  push(
    position: number,
    f0: number,
    confidence: number,
    loudness: number,
    register: number,
    level: number,
  ): void {
    const at = (this.#written % this.#capacity) * FRAME_VALUES;
    this.#values[at] = position;
    this.#values[at + 1] = f0;
    this.#values[at + 2] = confidence;
    this.#values[at + 3] = loudness;
    this.#values[at + 4] = register;
    this.#values[at + 5] = level;
    this.#written++;
  }

  /**
   * Moves the frames pushed since the last drain to `target`, oldest first; what does not fit stays.
   * @param target FRAME_VALUES values a frame
   * @returns frames written to `target`
   */
  drain(target: Float64Array): number {
    this.#read = Math.max(this.#read, this.#written - this.#capacity);
    const count = Math.min(this.#written - this.#read, Math.floor(target.length / FRAME_VALUES));
    for (let i = 0; i < count; i++) {
      const at = ((this.#read + i) % this.#capacity) * FRAME_VALUES;
      for (let k = 0; k < FRAME_VALUES; k++) target[i * FRAME_VALUES + k] = this.#values[at + k];
    }
    this.#read += count;
    return count;
  }
}
