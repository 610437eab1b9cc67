/** What an engine's voices sound like: a frame's inputs in, sound out. */

import type { Pointer } from '../../dsp/heap';

/** What all voices of an engine share. The constructor allocates; the rest runs on the audio thread. */
export interface Timbre {
  /** hop samples each: sums to which every voice adds its taps, in their order */
  readonly sums: readonly Pointer[];
  /** hop samples: what is heard */
  readonly output: Pointer;
  /** samples by which it renders late, beyond a hop */
  readonly lookahead: number;
  /** samples that sound after its voices have ended */
  readonly tail: number;
  /** Set-up only. @param seed the voice's own */
  voice(seed: number): VoiceTimbre;
  /** Empties the sums for the next block. */
  clear(): void;
  /** Renders the block whose voices have been summed. @param controls values in the table's order */
  step(controls: Float64Array): void;
  /** Back to the state after construction. */
  reset(): void;
}

/** What a voice has of its own. */
export interface VoiceTimbre {
  /** hop samples each: the segment last rendered */
  readonly taps: readonly Pointer[];
  /** of its oscillators, at the end of the last segment; NaN: it has none. Before the first frame it may be set */
  cycles: number;
  /**
   * One frame, one segment.
   * @param inputs one value for each input of the decoder, f0 (Hz) with every shift
   * @param literal the loudness is in dB for whatever model plays; false: it is a place in the range of this one
   * @param controls values in the table's order
   * @param level times the level of the sources
   * @param first there is no frame before it
   * @param skip samples at the segment's start that lie before time zero
   * @param resting nobody hears the sources: only what they have sounded is rendered
   * @param leaps f0 does not glide from the frame before
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
  /** Back to the state after construction. */
  reset(): void;
}
