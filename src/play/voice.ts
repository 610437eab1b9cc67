/**
 * A voice: the state of one note at a time. It has a decoder state and oscillators of its own; weights, tables and
 * what comes after the sum of all voices belong to the engine.
 *
 * A voice has its own frame clock, which starts where its source starts, at any sample. It renders *segments*, hop
 * samples between the centres of two frames, and hands them on block by block, as the engine asks.
 */

import type { ControlValues } from '../controls';
import { type Decoder, DecoderStream } from '../decoder/decoder';
import type { Heap } from '../dsp/heap';
import type { SynthPlan } from '../synth/graph';
import { type SharedSynth, type SynthContext, VoiceSynth } from '../synth/stream';
import { F0, type FrameSource } from './sources/source';

/** Seconds without anything to play after which a voice rests. */
const REST_AFTER = 1;

export class Voice {
  readonly #kernels: Heap['kernels'];
  readonly #decoder: DecoderStream;
  readonly #synth: VoiceSynth;
  readonly #shared: SharedSynth;
  readonly #hop: number;
  readonly #restAfter: number;
  readonly #inputs: Float64Array;
  #source: FrameSource | null = null;
  /** frames of the source so far */
  #frames = 0;
  /** samples until its first sample, in the block to come */
  #start = 0;
  /** how much of the segment has been handed on */
  #read = 0;
  /** frames since there was something to play */
  #quiet = 0;

  /** Set-up only: allocates. */
  constructor(decoder: Decoder, plan: SynthPlan, context: SynthContext, shared: SharedSynth) {
    this.#kernels = context.heap.kernels;
    this.#decoder = new DecoderStream(decoder);
    this.#synth = new VoiceSynth(plan, context);
    this.#shared = shared;
    this.#hop = context.hop;
    this.#restAfter = Math.round((REST_AFTER * context.sampleRate) / context.hop);
    this.#inputs = new Float64Array(decoder.inputs.length);
  }

  /** The source that drives it; null: it is free. */
  get source(): FrameSource | null {
    return this.#source;
  }

  /**
   * Audio thread. Plays `source` from the start.
   * @param offset samples of the next block that pass before its first sample, 0..H - 1
   */
  begin(source: FrameSource, offset: number): void {
    if (this.#frames > 0) this.reset();
    this.#source = source;
    this.#start = offset;
    this.#read = this.#hop;
  }

  /** Audio thread. Silent from the next block on. */
  end(): void {
    this.#source = null;
  }

  /** Audio thread. Back to the state after construction. */
  reset(): void {
    this.#decoder.reset();
    this.#synth.reset();
    this.#source = null;
    this.#frames = 0;
    this.#quiet = 0;
  }

  /**
   * Audio thread. Adds its next block, H samples, to the sums.
   * @param level 0..1, times the level of its sources
   */
  render(controls: ControlValues, level: number): void {
    if (!this.#source) return;
    const hop = this.#hop;
    const { inputs } = this.#shared;
    const { taps } = this.#synth;
    let at = this.#start;
    this.#start = 0;
    while (at < hop) {
      if (this.#read === hop) this.#frame(this.#source, controls, level);
      const run = Math.min(hop - at, hop - this.#read);
      for (let i = 0; i < taps.length; i++) {
        this.#kernels.addTo(inputs[i] + at * 4, taps[i] + this.#read * 4, run);
      }
      at += run;
      this.#read += run;
    }
  }

  #frame(source: FrameSource, { pitchShift, harmonics, noise, reverb }: ControlValues, level: number): void {
    const first = this.#frames++ === 0;
    // what lies before the source's beginning is not handed on
    const skip = first ? this.#hop - (this.#hop >> 1) : 0;
    source.next();
    this.#quiet = source.sounding ? 0 : this.#quiet + 1;
    const sourceLevel = this.#quiet === this.#restAfter ? 0 : level;
    const inputs = this.#inputs;
    for (let i = 0; i < inputs.length; i++) inputs[i] = source.values[i];
    inputs[F0] *= 2 ** (pitchShift / 12);
    this.#decoder.step(inputs);
    this.#synth.turn('harmonics', harmonics * sourceLevel);
    this.#synth.turn('noise', noise * sourceLevel);
    this.#synth.turn('reverb', reverb);
    this.#synth.step(this.#decoder.output, inputs[F0], first, skip, this.#quiet > this.#restAfter);
    this.#read = skip;
  }
}
