/**
 * A voice holds the state of one note at a time: a decoder state and oscillators. Weights, tables and everything after
 * the sum of all voices belong to the engine.
 *
 * A voice has its own frame clock. It starts when the voice's source starts, at any sample. The voice renders
 * *segments*: hop samples between the centres of two frames. It passes them on block by block, as the engine asks for
 * them.
 */

import { CONTROL_INDEX } from '../controls';
import type { Heap, Pointer } from '../dsp/heap';
import { F0, type FrameSource } from './sources/source';
import type { VoiceFrame, VoiceTimbre } from './timbre/timbre';

/** Seconds without anything to play, after which a voice rests. */
const REST_AFTER = 1;

export class Voice {
  readonly #kernels: Heap['kernels'];
  readonly #timbre: VoiceTimbre;
  readonly #sums: readonly Pointer[];
  readonly #hop: number;
  readonly #sampleRate: number;
  readonly #restAfter: number;
  readonly #next: VoiceFrame;
  /** Working memory for samples that fade. */
  readonly #faded: Pointer;
  #source: FrameSource | null = null;
  /** Number of frames taken from the source. */
  #frames = 0;
  /** Samples of the next block before the voice's first sample. */
  #start = 0;
  /** The first half hop fades in. */
  #fadesIn = false;
  /** The next block fades out. It is the last one. */
  #fadesOut = false;
  /** Number of samples of the segment that have been passed on. */
  #read = 0;
  /** Number of frames since the last one with something to play. */
  #quiet = 0;
  /** Pitch of the last frame, in Hz. `#segmentEnd`: sample of the host's clock at which its segment ends. */
  #hz = 0;
  #segmentEnd = 0;
  /** A voice of an earlier engine that plays the same note; null: none. */
  #before: Voice | null = null;

  /**
   * Set-up only: allocates.
   * @param sums hop samples each; the voice adds the timbre's taps to them
   * @param inputs number of values in a frame
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
    this.#next = {
      inputs: new Float64Array(inputs),
      literal: false,
      level: 0,
      first: true,
      skip: 0,
      resting: false,
      leaps: false,
    };
    this.#faded = heap.alloc(hop);
  }

  /** The source that drives it; null: it is free. */
  get source(): FrameSource | null {
    return this.#source;
  }

  /**
   * Audio thread. Plays `source` from its start.
   * @param offset samples of the next block before the voice's first sample, 0..H - 1
   * @param fadesIn true: the first half hop fades in, for sources that may begin loud
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

  /** Audio thread. After `begin`: continues the phase of a voice of another engine, so that both add up. */
  follow(before: Voice): void {
    this.#before = before;
  }

  /** Phase in cycles at a sample of the host's clock; NaN: nothing oscillates. */
  #cyclesAt(sample: number): number {
    if (!this.#source || this.#frames === 0) return Number.NaN;
    return this.#timbre.cycles + (this.#hz / this.#sampleRate) * (sample - this.#segmentEnd);
  }

  /** Audio thread. Fades out over the next block; then the voice is free. */
  fade(): void {
    this.#fadesOut = true;
  }

  /** Audio thread. The voice is silent from the next block on. */
  end(): void {
    this.#source = null;
    this.#fadesOut = false;
  }

  /** Audio thread. Restores the state after construction. */
  reset(): void {
    this.#timbre.reset();
    this.#source = null;
    this.#frames = 0;
    this.#quiet = 0;
  }

  /**
   * Audio thread. Adds the voice's next block, H samples, to the sums.
   * @param controls values in the table's order (`ControlState.values`)
   * @param level 0..1, factor for the level of the sources
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

  /** Adds a range of a tap to a sum. @param at start of the range in the block */
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

  /** @param start sample of the host's clock at which the segment begins to be heard */
  #frame(source: FrameSource, controls: Float64Array, level: number, start: number): void {
    const first = this.#frames++ === 0;
    // the part of the segment before the source's beginning is not passed on
    const skip = first ? this.#hop - (this.#hop >> 1) : 0;
    source.next();
    this.#quiet = source.sounding ? 0 : this.#quiet + 1;
    const next = this.#next;
    const { inputs } = next;
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
    next.literal = source.literal === true;
    next.level = this.#quiet === this.#restAfter ? 0 : level * source.gain;
    next.first = first;
    next.skip = skip;
    next.resting = this.#quiet > this.#restAfter;
    next.leaps = source.leaps === true;
    this.#timbre.render(next, controls);
    this.#read = skip;
  }
}
