/** The sound of an engine's voices: turns the inputs of frames into samples. */

import type { Pointer } from '../../dsp/heap';

/** The part that all voices of an engine share. The constructor allocates; the rest runs on the audio thread. */
export interface Timbre {
  /** hop samples each: the sums to which every voice adds its taps, in the same order */
  readonly sums: readonly Pointer[];
  /** hop samples: the output that is heard */
  readonly output: Pointer;
  /** samples of latency beyond one hop */
  readonly lookahead: number;
  /** samples that still sound after the voices have ended */
  readonly tail: number;
  /** Set-up only. @param seed of this voice */
  voice(seed: number): VoiceTimbre;
  /** Empties the sums for the next block. */
  clear(): void;
  /** Renders a block after all voices have been summed. @param controls values in the table's order */
  step(controls: Float64Array): void;
  /** Restores the state after construction. */
  reset(): void;
}

/** One frame of a voice. A voice has one of these and fills it in again for every frame. */
export interface VoiceFrame {
  /** one value for each input of the decoder; f0 (Hz) includes all shifts */
  readonly inputs: Float64Array;
  /** true: the loudness is in dB for any model; false: it is a place in the range of this model */
  literal: boolean;
  /** factor for the level of the sources */
  level: number;
  /** there is no frame before it */
  first: boolean;
  /** samples at the start of the segment that lie before time zero */
  skip: number;
  /** the sources are not heard: only the tail of their earlier sound is rendered */
  resting: boolean;
  /** f0 jumps to its value instead of gliding from the previous frame */
  leaps: boolean;
}

/** The part that belongs to one voice. */
export interface VoiceTimbre {
  /** hop samples each: the last rendered segment */
  readonly taps: readonly Pointer[];
  /**
   * oscillator phase in cycles at the end of the last segment; NaN: no oscillator. It may be set before the first
   * frame.
   */
  cycles: number;
  /** Renders one segment from one frame. @param controls values in the table's order */
  render(frame: VoiceFrame, controls: Float64Array): void;
  /** Restores the state after construction. */
  reset(): void;
}
