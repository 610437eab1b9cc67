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

/** The part that belongs to one voice. */
export interface VoiceTimbre {
  /** hop samples each: the last rendered segment */
  readonly taps: readonly Pointer[];
  /**
   * oscillator phase in cycles at the end of the last segment; NaN: no oscillator. It may be set before the first
   * frame.
   */
  cycles: number;
  /**
   * Renders one segment from one frame.
   * @param inputs one value for each input of the decoder; f0 (Hz) includes all shifts
   * @param literal true: the loudness is in dB for any model; false: it is a place in the range of this model
   * @param controls values in the table's order
   * @param level factor for the level of the sources
   * @param first there is no frame before it
   * @param skip samples at the start of the segment that lie before time zero
   * @param resting the sources are not heard: only the tail of their earlier sound is rendered
   * @param leaps f0 jumps to its value instead of gliding from the previous frame
   */
  frame(
    inputs: Float64Array,
    literal: boolean,
    controls: Float64Array,
    level: number,
    first: boolean,
    skip: number,
    resting: boolean,
    leaps: boolean,
  ): void;
  /** Restores the state after construction. */
  reset(): void;
}
