/**
 * The training half of a processor: forward and backward over one whole example.
 *
 * A worker runs the examples of its batch one after the other through the same buffers, so each
 * processor keeps what its backward pass needs of the example in hand and nothing more. Backward
 * accumulates into gradients; zeroing them is the caller's.
 */

import type { Heap, Pointer, TrainKernels } from '../dsp/heap';
import type { Options } from './processor';

export interface TrainContext {
  readonly heap: Heap<TrainKernels>;
  readonly sampleRate: number;
  /** H */
  readonly hop: number;
  /** T, frames of an example; an example has T * H samples */
  readonly frames: number;
  /** values from one frame of decoder outputs to the next (outputs padded to a multiple of 4) */
  readonly stride: number;
  /** learned tensor `name`: its values and its gradient, side by side in the flat parameter vector */
  tensor(name: string): { value: Pointer; gradient: Pointer; size: number };
}

/** An audio input: the source's signal and the gradient with respect to it, T * H samples each. */
export interface AudioInput {
  readonly signal: Pointer;
  readonly gradient: Pointer;
}

export interface TrainableProcessor {
  /** T * H samples */
  readonly signal: Pointer;
  /** gradient with respect to `signal`; consumers accumulate into it, the graph zeroes it */
  readonly gradient: Pointer;
  /** Once a batch, before the first example: what depends on learned tensors alone (an IR's spectrum). */
  begin(): void;
  /**
   * @param u decoder outputs of frame 0 for this processor (then every `stride` values)
   * @param f0 T values, Hz, > 0
   */
  forward(u: Pointer, f0: Pointer): void;
  /** @param du gradient with respect to `u`, same layout, accumulated into */
  backward(u: Pointer, f0: Pointer, du: Pointer): void;
  /** Once a batch, after the last example: gradients of learned tensors that were summed elsewhere. */
  end(): void;
  /** set by processors that draw random numbers */
  readonly randomness?: NoiseInput;
}

/** A source of randomness that tests and parity runs can replace by a recorded one. */
export interface NoiseInput {
  /** T * H samples in [-1, 1): written by `fill`, or by whoever replays a recording */
  readonly noise: Pointer;
  /** seeds the next example; the same seed gives the same noise */
  seed(value: number): void;
  /** true: the caller writes `noise` itself before `forward` */
  recorded: boolean;
}

/** A share of the learning rate, for the values of a tensor up to (and without) `end`. */
export interface Pace {
  readonly end: number;
  readonly share: number;
  /** times the learning rate: by how much values shrink in each step; default 0 */
  readonly decay?: number;
}

export interface TrainableType {
  /** initial values of each learned tensor; `random` is uniform in [0, 1). Types that learn none omit it */
  initial?(name: string, options: Options, sampleRate: number, random: () => number): Float32Array;
  /** how fast a learned tensor moves, stretch by stretch; without it all of it at the learning rate */
  pace?(name: string, options: Options, sampleRate: number): readonly Pace[];
  create(context: TrainContext, options: Options, audio: readonly AudioInput[]): TrainableProcessor;
}
