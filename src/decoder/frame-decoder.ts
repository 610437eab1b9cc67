/** What a voice asks for the controls of each frame: the built-in decoder, or what stands in for it. */

import type { Pointer } from '../dsp/heap';

export interface FrameDecoder {
  /** all controls of the last frame in the graph's order, 0..1, then zeros up to a multiple of 4 */
  readonly output: Pointer;
  /**
   * Audio thread. One frame.
   * @param values one for each input, in their order and units; the last good one stands for one that is not finite
   */
  step(values: Float64Array): void;
  /** Audio thread. Back to the state before the first frame. */
  reset(): void;
}

/** Values that the output of `outputs` controls has room for. */
export function paddedControls(outputs: number): number {
  return Math.ceil(outputs / 4) * 4;
}
