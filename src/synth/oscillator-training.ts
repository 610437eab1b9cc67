/** What every oscillator shares in training: segments, phase and pitch. f0 has no gradient. */

import type { Pointer } from '../dsp/heap';
import { heldHz, type Segment, segmentOffset, segmentsOf, segmentWeights } from './segments';
import type { TrainableProcessor, TrainContext } from './trainable';

export abstract class OscillatorTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  protected readonly context: TrainContext;
  protected readonly segments: readonly Segment[];
  /** Hz; partials at or above it are silent */
  protected readonly limit: number;
  /** the later frame's share at each sample of a segment */
  protected readonly weight: Pointer;
  readonly #state: Pointer;

  constructor(context: TrainContext) {
    const { heap, hop, frames, sampleRate } = context;
    this.context = context;
    this.segments = segmentsOf(frames, hop);
    this.limit = sampleRate / 2;
    this.weight = heap.put(segmentWeights(hop));
    this.#state = heap.alloc(2);
    this.signal = heap.alloc(frames * hop);
    this.gradient = heap.alloc(frames * hop);
  }

  begin(): void {}
  end(): void {}

  abstract forward(u: Pointer, f0: Pointer): void;
  abstract backward(u: Pointer, f0: Pointer, du: Pointer): void;

  /** Before the example's first segment. */
  protected resetPhase(): void {
    this.context.heap.kernels.silence(this.#state, 2);
  }

  /**
   * Writes the phases of the next segment.
   * @param phase room for the segment's samples, rounded up to 16
   * @param hz pitch of each frame
   */
  protected movePhase(phase: Pointer, { from, to, skip, n }: Segment, hz: Float32Array): void {
    const { heap, hop, sampleRate } = this.context;
    const first = skip + segmentOffset(hop);
    heap.kernels.harmonicPhase(phase, this.#state, hz[from], hz[to], first, hop, sampleRate, n);
  }

  /** T values, Hz, held within (0, limit]. */
  protected hz(f0: Pointer): Float32Array {
    return this.context.heap.view(f0, this.context.frames).map((hz) => heldHz(hz, this.limit));
  }
}
