/**
 * The last frames' analysis, for displays.
 *
 * Written in the audio callback, drained from a message handler: both run on the audio thread, one
 * after the other, so nothing here needs a lock. When nobody drains, the oldest frames are lost.
 */

import type { Listener } from './sources/listener';

/** values of a frame: position, f0, confidence, loudness, register, level, note (0 or 1), gate, hum */
export const FRAME_VALUES = 9;

/** A frame as the listener has it. */
export type HeardFrame = Pick<
  Listener,
  'f0' | 'confidence' | 'loudness' | 'register' | 'level' | 'note' | 'gate' | 'hum'
>;

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
   */
  push(position: number, frame: HeardFrame): void {
    const at = (this.#written % this.#capacity) * FRAME_VALUES;
    this.#values[at] = position;
    this.#values[at + 1] = frame.f0;
    this.#values[at + 2] = frame.confidence;
    this.#values[at + 3] = frame.loudness;
    this.#values[at + 4] = frame.register;
    this.#values[at + 5] = frame.level;
    this.#values[at + 6] = frame.note ? 1 : 0;
    this.#values[at + 7] = frame.gate;
    this.#values[at + 8] = frame.hum;
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
