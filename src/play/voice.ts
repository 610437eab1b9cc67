/**
 * A voice: the state of one note at a time. It has a decoder state and oscillators of its own; weights, tables and
 * what comes after the sum of all voices belong to the engine.
 *
 * A voice has its own frame clock, which starts where its source starts, at any sample. It renders *segments*, hop
 * samples between the centres of two frames, and hands them on block by block, as the engine asks.
 */

import { CONTROL_INDEX } from '../controls';
import type { Heap, Pointer } from '../dsp/heap';
import { F0, type FrameSource } from './sources/source';
import type { VoiceTimbre } from './timbre/timbre';

/** Seconds without anything to play after which a voice rests. */
const REST_AFTER = 1;

export class Voice {
  readonly #kernels: Heap['kernels'];
  readonly #timbre: VoiceTimbre;
  readonly #sums: readonly Pointer[];
  readonly #hop: number;
  readonly #sampleRate: number;
  readonly #restAfter: number;
  readonly #inputs: Float64Array;
  /** a stretch that fades */
  readonly #faded: Pointer;
  #source: FrameSource | null = null;
  /** frames of the source so far */
  #frames = 0;
  /** samples until its first sample, in the block to come */
  #start = 0;
  /** its first samples fade in, over half a hop */
  #fadesIn = false;
  /** the next block fades out, and is the last */
  #fadesOut = false;
  /** how much of the segment has been handed on */
  #read = 0;
  /** frames since there was something to play */
  #quiet = 0;
  /** Hz of the last frame, and the sample of the host's clock at which its segment ends */
  #hz = 0;
  #segmentEnd = 0;
  /** a voice of an engine before this one, which sounds the same note; null: none */
  #before: Voice | null = null;

  /**
   * Set-up only: allocates.
   * @param sums hop samples each, to which it adds the timbre's taps
   * @param inputs values of a frame
   */
  constructor(
    heap: Heap,
    timbre: VoiceTimbre,
    sums: readonly Pointer[],
    { hop, sampleRate }: { readonly hop: number; readonly sampleRate: number },
    inputs: number,
  ) {
    this.#kernels = heap.kernels;
    this.#timbre = timbre;
    this.#sums = sums;
    this.#hop = hop;
    this.#sampleRate = sampleRate;
    this.#restAfter = Math.round((REST_AFTER * sampleRate) / hop);
    this.#inputs = new Float64Array(inputs);
    this.#faded = heap.alloc(hop);
  }

  /** The source that drives it; null: it is free. */
  get source(): FrameSource | null {
    return this.#source;
  }

  /**
   * Audio thread. Plays `source` from the start.
   * @param offset samples of the next block that pass before its first sample, 0..H - 1
   * @param fadesIn true: its first half hop fades in, for sources that may begin loud
   */
  begin(source: FrameSource, offset: number, fadesIn = false): void {
    if (this.#frames > 0) this.reset();
    this.#source = source;
    this.#start = offset;
    this.#read = this.#hop;
    this.#fadesIn = fadesIn;
    this.#fadesOut = false;
    this.#before = null;
  }

  /** Audio thread. After `begin`: goes on in the phase of a voice of another engine, so that both add up. */
  follow(before: Voice): void {
    this.#before = before;
  }

  /** Cycles at a sample of the host's clock; NaN: nothing oscillates. */
  #cyclesAt(sample: number): number {
    if (!this.#source || this.#frames === 0) return Number.NaN;
    return this.#timbre.cycles + (this.#hz / this.#sampleRate) * (sample - this.#segmentEnd);
  }

  /** Audio thread. Fades out over the next block, and is free then. */
  fade(): void {
    this.#fadesOut = true;
  }

  /** Audio thread. Silent from the next block on. */
  end(): void {
    this.#source = null;
    this.#fadesOut = false;
  }

  /** Audio thread. Back to the state after construction. */
  reset(): void {
    this.#timbre.reset();
    this.#source = null;
    this.#frames = 0;
    this.#quiet = 0;
  }

  /**
   * Audio thread. Adds its next block, H samples, to the sums.
   * @param controls values in the table's order (`ControlState.values`)
   * @param level 0..1, times the level of its sources
   * @param heardFrom sample of the host's clock at which the block begins to be heard
   */
  render(controls: Float64Array, level: number, heardFrom: number): void {
    if (!this.#source) return;
    const hop = this.#hop;
    const sums = this.#sums;
    const { taps } = this.#timbre;
    let at = this.#start;
    this.#start = 0;
    while (at < hop) {
      if (this.#read === hop) this.#frame(this.#source, controls, level, heardFrom + at);
      const run = Math.min(hop - at, hop - this.#read);
      for (let i = 0; i < taps.length; i++) this.#add(sums[i] + at * 4, taps[i] + this.#read * 4, run, at);
      at += run;
      this.#read += run;
    }
    if (this.#fadesOut) this.end();
  }

  /** Adds a stretch of a tap to a sum. @param at where it begins in the block */
  #add(sum: Pointer, tap: Pointer, count: number, at: number): void {
    const kernels = this.#kernels;
    const hop = this.#hop;
    let from = tap;
    if (this.#fadesIn && this.#frames === 1) {
      kernels.move(this.#faded, from, count);
      const skip = hop - (hop >> 1);
      const length = hop - skip;
      kernels.rampGain(
        this.#faded,
        (this.#read - skip) / length,
        (this.#read + count - skip) / length,
        count,
      );
      from = this.#faded;
    }
    if (this.#fadesOut) {
      if (from !== this.#faded) kernels.move(this.#faded, from, count);
      kernels.rampGain(this.#faded, 1 - at / hop, 1 - (at + count) / hop, count);
      from = this.#faded;
    }
    kernels.addTo(sum, from, count);
  }

  /** @param start sample of the host's clock at which its segment begins to be heard */
  #frame(source: FrameSource, controls: Float64Array, level: number, start: number): void {
    const first = this.#frames++ === 0;
    // what lies before the source's beginning is not handed on
    const skip = first ? this.#hop - (this.#hop >> 1) : 0;
    source.next();
    this.#quiet = source.sounding ? 0 : this.#quiet + 1;
    const sourceLevel = this.#quiet === this.#restAfter ? 0 : level * source.gain;
    const inputs = this.#inputs;
    for (let i = 0; i < inputs.length; i++) inputs[i] = source.values[i];
    const semitones = controls[CONTROL_INDEX.pitchShift] + controls[CONTROL_INDEX.detune] / 100;
    inputs[F0] *= 2 ** (semitones / 12);
    if (first && this.#before) {
      const cycles = this.#before.#cyclesAt(start);
      if (Number.isFinite(cycles)) this.#timbre.cycles = cycles;
      this.#before = null;
    }
    this.#hz = inputs[F0];
    this.#segmentEnd = start + this.#hop - skip;
    const resting = this.#quiet > this.#restAfter;
    const literal = source.literal === true;
    const leaps = source.leaps === true;
    this.#timbre.frame(inputs, literal, controls, sourceLevel, first, skip, resting, leaps);
    this.#read = skip;
  }
}
