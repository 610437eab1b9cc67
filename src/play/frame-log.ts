/** A log of the analysis of the last frames, for displays. */

import type { Listener } from './sources/listener';
import { ValueLog } from './value-log';

/** values of a frame: position, f0, confidence, loudness, register, level, note (0 or 1), gate, hum */
export const FRAME_VALUES = 9;

/** The part of a listener that is logged for each frame. */
export type HeardFrame = Pick<
  Listener,
  'f0' | 'confidence' | 'loudness' | 'register' | 'level' | 'note' | 'gate' | 'hum'
>;

export class FrameLog extends ValueLog {
  /** @param capacity frames kept */
  constructor(capacity: number) {
    super(FRAME_VALUES, capacity);
  }

  /**
   * Audio callback.
   * @param position number of samples played when the frame was analysed
   */
  push(position: number, frame: HeardFrame): void {
    const { values } = this;
    const at = this.place();
    values[at] = position;
    values[at + 1] = frame.f0;
    values[at + 2] = frame.confidence;
    values[at + 3] = frame.loudness;
    values[at + 4] = frame.register;
    values[at + 5] = frame.level;
    values[at + 6] = frame.note ? 1 : 0;
    values[at + 7] = frame.gate;
    values[at + 8] = frame.hum;
  }
}
