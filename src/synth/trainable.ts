/**
 * The training half of a processor: forward and backward over one whole example.
 *
 * A worker runs the examples of its batch one after the other through the same buffers. So each processor keeps what
 * its backward pass needs of the current example, and nothing else. Backward adds to gradients; the caller sets them
 * to zero.
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
  /** gradient with respect to `signal`: consumers add to it, the graph sets it to zero */
  readonly gradient: Pointer;
  /** Called once per batch, before the first example: computes what depends on learned tensors only. */
  begin(): void;
  /**
   * @param u decoder outputs of frame 0 for this processor (then every `stride` values)
   * @param f0 T values, Hz, > 0
   */
  forward(u: Pointer, f0: Pointer): void;
  /** @param du gradient with respect to `u`, in the same layout; added to */
  backward(u: Pointer, f0: Pointer, du: Pointer): void;
  /** Called once per batch, after the last example: completes the gradients of learned tensors. */
  end(): void;
  /** set by processors that draw random numbers */
  readonly randomness?: NoiseInput;
}

/** A source of noise. Tests and comparisons with other implementations can replace it by recorded noise. */
export interface NoiseInput {
  /** T * H samples in [-1, 1) */
  readonly noise: Pointer;
  /** seeds the next example; the same seed gives the same noise */
  seed(value: number): void;
  /** true: the caller writes `noise` itself before `forward` */
  recorded: boolean;
}

/** The share of the learning rate for the values of a tensor before `end`. */
export interface Pace {
  readonly end: number;
  readonly share: number;
  /** weight decay: times the learning rate, the share by which values shrink in each step; default 0 */
  readonly decay?: number;
}

export interface TrainableType {
  /** initial values of each learned tensor; `random` is uniform in [0, 1). Types that learn none omit it */
  initial?(name: string, options: Options, sampleRate: number, random: () => number): Float32Array;
  /** learning rates of the stretches of a learned tensor; without it the whole tensor has the learning rate */
  pace?(name: string, options: Options, sampleRate: number): readonly Pace[];
  /** what a model gets of a learned tensor; without it the tensor as it is */
  finish?(name: string, values: Float32Array): Float32Array;
  create(context: TrainContext, options: Options, audio: readonly AudioInput[]): TrainableProcessor;
}
