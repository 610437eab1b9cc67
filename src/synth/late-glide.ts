/** One control of a processor with an audio input, delayed like the audio. */

import type { Heap, Pointer } from '../dsp/heap';
import type { StreamContext } from './processor';
import { segmentWeights } from './segments';

/** A value per sample that moves linearly from frame centre to frame centre. */
export class LateGlide {
  /** hop values: the control at each sample of the segment that is rendered */
  readonly values: Pointer;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #lookahead: number;
  readonly #weight: Pointer;
  /** of the last frame, and of this one */
  readonly #from: Pointer;
  readonly #to: Pointer;

  constructor({ heap, hop, lookahead }: StreamContext) {
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#lookahead = lookahead;
    this.#weight = heap.put(segmentWeights(hop));
    this.#from = heap.alloc(1);
    this.#to = heap.alloc(1);
    this.values = heap.alloc(lookahead + hop);
  }

  /** Audio thread. Takes this frame's value. */
  control(value: Pointer, first: boolean): void {
    this.#kernels.move(this.#from, first ? value : this.#to, 1);
    this.#kernels.move(this.#to, value, 1);
  }

  /** Audio thread. Once per segment. */
  next(): void {
    const kernels = this.#kernels;
    kernels.move(this.values, this.values + this.#hop * 4, this.#lookahead);
    kernels.glide(this.values + this.#lookahead * 4, this.#weight, this.#from, this.#to, this.#hop);
  }

  reset(): void {
    this.#kernels.silence(this.values, this.#lookahead + this.#hop);
  }
}
