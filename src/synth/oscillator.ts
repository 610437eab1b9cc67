/**
 * What every oscillator stream shares. Its phase is the running sum of f0, in fixed point. Its controls move
 * linearly from one frame centre to the next, and so does its live gain. A subclass scales one frame of decoder
 * outputs (`scale`) and renders samples between two such frames (`write`).
 */

import type { Heap, Pointer } from '../dsp/heap';
import type { ProcessorStream, StreamContext } from './processor';
import { heldHz, segmentOffset, segmentWeights } from './segments';

export abstract class OscillatorStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  protected readonly kernels: Heap['kernels'];
  protected readonly hop: number;
  /** Hz; partials at or above it are silent: the lower Nyquist frequency of the context's and the model's */
  protected readonly limit: number;
  /** of the segment's first sample, from the frame centre before it */
  protected readonly offset: number;
  /** phases of the segment, u32, 2^32 a cycle */
  protected readonly phase: Pointer;
  /** the later frame's share at each sample of a segment */
  protected readonly weight: Pointer;
  /** scaled controls of the last frame, and of this one */
  protected from: Pointer;
  protected to: Pointer;
  protected fromHz = 1;
  /** the pitch has leapt, so `from` may have partials that lie above the limit now */
  protected leapt = false;
  protected toHz = 1;
  readonly #sampleRate: number;
  readonly #lookahead: number;
  /** scaled controls of two frames, in turn */
  readonly #even: Pointer;
  readonly #odd: Pointer;
  readonly #state: Pointer;
  /** where a segment is rendered: `lookahead` samples behind `output` */
  readonly #segment: Pointer;
  #gain = 1;

  /** @param controls values that `scale` writes for a frame */
  constructor({ heap, hop, lookahead, sampleRate, modelRate }: StreamContext, controls: number) {
    this.kernels = heap.kernels;
    this.hop = hop;
    this.limit = Math.min(sampleRate, modelRate) / 2;
    this.offset = segmentOffset(hop);
    this.phase = heap.alloc(hop + 16);
    this.weight = heap.put(segmentWeights(hop));
    this.#sampleRate = sampleRate;
    this.#lookahead = lookahead;
    this.#even = heap.alloc(controls);
    this.#odd = heap.alloc(controls);
    this.from = this.#even;
    this.to = this.#even;
    this.#state = heap.alloc(2);
    this.output = heap.alloc(lookahead + hop);
    this.#segment = this.output + lookahead * 4;
  }

  /**
   * Scales one frame of decoder outputs.
   * @param to where the scaled controls go
   * @param u decoder outputs in (0, 1)
   * @param hz f0, held within (0, limit]
   */
  protected abstract scale(to: Pointer, u: Pointer, hz: number): void;

  /**
   * Writes `n` samples at `out`, from sample `skip` of the segment on. `phase` holds their phases; `from`, `to`,
   * `fromHz` and `toHz` hold the controls at the segment's ends.
   */
  protected abstract write(out: Pointer, skip: number, n: number): void;

  get cycles(): number {
    return this.kernels.cyclesOf(this.#state);
  }

  set cycles(cycles: number) {
    this.kernels.setCycles(this.#state, cycles);
  }

  control(u: Pointer, f0: number, first: boolean, leaps = false): void {
    const next = this.to === this.#even ? this.#odd : this.#even;
    const hz = heldHz(f0, this.limit);
    this.scale(next, u, hz);
    this.from = first ? next : this.to;
    this.leapt = leaps && !first;
    this.fromHz = first || leaps ? hz : this.toHz;
    this.to = next;
    this.toHz = hz;
    if (first) this.#gain = this.knob;
  }

  render(skip: number): void {
    if (this.#gain === 0 && this.knob === 0 && this.#lookahead === 0) {
      this.#pass(skip);
      return;
    }
    this.kernels.move(this.output, this.output + this.hop * 4, this.#lookahead);
    this.kernels.silence(this.#segment, skip);
    this.#movePhase(skip);
    this.write(this.#segment + skip * 4, skip, this.hop - skip);
    this.kernels.rampGain(this.output, this.#gain, this.knob, this.hop);
    this.#gain = this.knob;
  }

  rest(): void {
    if (this.#lookahead === 0) {
      this.#pass(0);
      return;
    }
    // the end of this segment is heard with the next one
    this.render(0);
    this.kernels.silence(this.output, this.hop);
  }

  #pass(skip: number): void {
    this.kernels.silence(this.output, this.hop);
    this.#movePhase(skip);
    this.#gain = this.knob;
  }

  #movePhase(skip: number): void {
    this.kernels.harmonicPhase(
      this.phase,
      this.#state,
      this.fromHz,
      this.toHz,
      skip + this.offset,
      this.hop,
      this.#sampleRate,
      this.hop - skip,
    );
  }

  reset(): void {
    this.kernels.silence(this.#state, 2);
    this.kernels.silence(this.output, this.#lookahead + this.hop);
    this.#gain = this.knob;
  }
}
