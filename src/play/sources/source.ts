/**
 * A frame source drives one voice: at every hop the voice asks it for the next frame. `Listener` follows what is
 * played into the instrument, `FrameTrack` plays arrays.
 */

export interface FrameSource {
  /**
   * The last frame: one value for each input of the model's decoder, in their order and units. The first is f0
   * (Hz, > 0), the second loudness (dB). The source reuses the array.
   */
  readonly values: Float64Array;
  /** false: the frame holds nothing to play; after a second of such frames the voice rests */
  readonly sounding: boolean;
  /** true: the pitch of this frame is another note's, octaves away; the voice does not glide there. Default: false */
  readonly leaps?: boolean;
  /**
   * true: the loudness is what somebody asked for in dB, and stays when another model plays. Default: false, it is a
   * place between the softest and the loudest that the model learned
   */
  readonly literal?: boolean;
  /** of what the voice sounds; 1 as trained */
  readonly gain: number;
  /** Audio thread. Finds the next frame. */
  next(): void;
}

/** Index of f0 and of loudness among a frame's values. */
export const F0 = 0;
export const LOUDNESS = 1;
