/**
 * A frame source drives one voice. At every hop the voice asks it for the next frame. `Listener` follows the sound that
 * is played into the instrument. `FrameTrack` plays arrays.
 */

export interface FrameSource {
  /**
   * The last frame: one value for each input of the model's decoder, in the same order and units. The first is f0 in
   * Hz, above 0. The second is loudness in dB. The source reuses the array.
   */
  readonly values: Float64Array;
  /** false: the frame contains nothing to play; after a second of such frames the voice rests */
  readonly sounding: boolean;
  /** true: this frame belongs to another note, octaves away, and the pitch must not glide there. Default: false */
  readonly leaps?: boolean;
  /**
   * true: the loudness is a value in dB that the user asked for, and it stays the same for another model. Default:
   * false. Then it is a place between the softest and the loudest loudness that the model learned.
   */
  readonly literal?: boolean;
  /** amplitude factor for the voice; 1 as trained */
  readonly gain: number;
  /** Audio thread. Computes the next frame. */
  next(): void;
}

/** Indices of f0 and loudness in the values of a frame. */
export const F0 = 0;
export const LOUDNESS = 1;
