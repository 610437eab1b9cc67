/**
 * The streaming engine: one instrument, any number of voices, one shared reverb.
 *
 * Every H samples it renders a *block*. Each voice adds its part. The shared part of the synth graph, from the first
 * shared processor on, runs once on the sum. Between blocks `process` only copies: the input to the listener, the block
 * to the output. So neither the work nor the result depends on how the host cuts the stream.
 *
 * In an engine that listens, blocks begin where the listener's frames are due. The window of frame i ends at sample
 * iH + floor(H/2) + W/2. Its segment ends at the frame's centre, iH + floor(H/2), and is heard during the following
 * hop. So the latency is W/2 + H, plus the lookahead of a noise filter that is longer than a hop. An engine without a
 * listener has the latency H, plus the same lookahead.
 *
 * The output is finite for any input. Samples are limited to +-LOUDEST at the input and at the output. NaN samples are
 * treated as silence.
 *
 * The constructor allocates all memory. `process` runs on the audio thread. It creates no object, no view and no
 * closure, and does not throw.
 */

import type { ListeningOptions } from '../analysis/listening';
import { CONTROL_INDEX, ControlState } from '../controls';
import { Heap, type Pointer } from '../dsp/heap';
import { held } from '../dsp/limits';
import { voiceSeed } from '../synth/seeds';
import type { Instrument } from './instrument';
import { type MatchingSettings, matching } from './matching/options';
import { PlayerProfile } from './matching/profile';
import type { FrameValues } from './sources/frame-values';
import { Listener } from './sources/listener';
import { type DecoderMaker, OneModel } from './timbre/one-model';
import type { Timbre } from './timbre/timbre';
import { TwoModels } from './timbre/two-models';
import { Voice } from './voice';

export interface EngineOptions {
  /** seed of the noise; the same seed gives the same output; default 1 */
  readonly seed?: number;
  /** number of voices besides the one that listens; default 0 */
  readonly voices?: number;
  /** second instrument, for the control `morph`; it has the same sample rate and hop; default: none */
  readonly other?: Instrument | null;
  /** how the input is analysed; null: there is no listener; default: as in the model's file */
  readonly listening?: ListeningOptions | null;
  /** True: each call of `prepare` copies a portion of the weights and responses. */
  readonly gradually?: boolean;
  /** Profile of the player. An engine that takes over from another gets the same one. */
  readonly profile?: PlayerProfile;
  /** Makes the decoder of each voice, for a network in another file; default: the instrument's own decoder. */
  readonly decoder?: DecoderMaker;
}

export class Engine {
  /** samples between the input and its output */
  readonly latency: number;
  /** samples that still sound after the end of the input, without the latency */
  readonly tail: number;
  /** Read at every frame and approached over one hop, without a jump. A value that is not finite is ignored. */
  readonly controls = new ControlState();
  /** the targets of the current block; read-only */
  readonly turned = new ControlState();
  /** called before every block, with the sample at which the block begins to be heard; null: none */
  conductor: { beforeBlock(boundary: number): void } | null = null;
  /** how the player is matched to the model; read at every frame */
  matching: MatchingSettings = matching();
  /** sample of the host's clock at which this engine's stream begins */
  origin = 0;
  /** number of blocks rendered so far, without those before the listener's first frame */
  blocks = 0;
  /** H, samples from frame to frame */
  readonly hop: number;
  readonly sampleRate: number;
  /** layout of the frames of its sources */
  readonly frame: FrameValues;
  /** null: the engine has no listener */
  readonly listener: Listener | null;
  /** the voices besides the one that listens */
  readonly voices: readonly Voice[];

  readonly #heap: Heap;
  readonly #all: readonly Voice[];
  readonly #timbre: Timbre;
  readonly #blockAt: Pointer;
  readonly #block: Float32Array;
  /** samples from the start to the block in which the listener's first frame is due */
  readonly #firstFrame: number;
  /** samples from the start to the first block; notes need not wait for the listener */
  readonly #firstBlock: number;
  /** samples until the next block */
  #until: number;
  /** samples processed */
  #position = 0;
  /** number of samples of `#block` that have been read */
  #read = 0;
  /** the gain at the end of the last block; NaN: no block yet */
  #gain = Number.NaN;
  /** number of blocks over which the sources fade out, and how many of them have begun; 0: no fade */
  #release = 0;
  #released = 0;

  /**
   * @param module compiled play kernels
   * @throws OptionError for an option out of range
   */
  constructor(
    module: WebAssembly.Module,
    instrument: Instrument,
    {
      seed = 1,
      voices = 0,
      other = null,
      listening = {},
      gradually = false,
      profile = new PlayerProfile(),
      decoder,
    }: EngineOptions = {},
  ) {
    const heap = new Heap(module, instrument.tables, gradually);
    const { model, hop, sampleRate, frame } = instrument;
    this.#heap = heap;
    this.hop = hop;
    this.sampleRate = sampleRate;
    this.frame = frame;
    this.listener =
      listening && new Listener({ heap, sampleRate, hop, model, frame, profile, options: listening });
    const timbre = other
      ? new TwoModels(heap, instrument, other, seed)
      : new OneModel(heap, instrument, seed, decoder);
    this.#timbre = timbre;
    this.#all = Array.from(
      { length: voices + (this.listener ? 1 : 0) },
      (_, i) =>
        new Voice(heap, timbre.voice(voiceSeed(seed, i)), timbre.sums, instrument, frame.names.length),
    );
    this.voices = this.listener ? this.#all.slice(1) : this.#all;
    this.#firstFrame = (this.listener ? this.listener.window / 2 : 0) + (hop >> 1);
    this.#firstBlock = voices > 0 ? ((this.#firstFrame - 1) % hop) + 1 : this.#firstFrame;
    this.#until = this.#firstBlock;
    this.#blockAt = timbre.output;
    this.latency = (this.listener ? this.listener.window / 2 : 0) + hop + timbre.lookahead;
    this.tail = timbre.tail;
    heap.seal();
    this.listener?.ready();
    this.#block = heap.view(this.#blockAt, hop);
    this.#begin();
  }

  /**
   * Audio thread. Continues a gradual set-up for about 0.2 ms.
   * @returns true when `process` may be called
   */
  prepare(): boolean {
    return this.#heap.fillOn();
  }

  /** The voice that listens; null: the engine has no listener. */
  get listening(): Voice | null {
    return this.listener && this.#all[0];
  }

  /** Samples processed so far. */
  get position(): number {
    return this.#position;
  }

  /** Samples until the next block. The sample after them is the first that the next block changes. */
  get untilBlock(): number {
    return this.#until;
  }

  /** Offset in the first block at which a source without latency of its own begins. */
  get firstOffset(): number {
    return this.hop - (this.hop >> 1);
  }

  /**
   * Audio thread. From the next block on, the sources fade out linearly within `hops` hops. Their reverb rings on for
   * `tail` samples.
   */
  release(hops: number): void {
    this.#release = hops;
  }

  /**
   * Audio thread. Takes `count` samples from `input` at `offset` (null: silence) and writes `count` samples to `output`
   * at `offset`. Any count is allowed. The result does not depend on how a stream is cut.
   */
  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const block = this.#block;
    let at = offset;
    const end = offset + count;
    while (at < end) {
      const run = Math.min(end - at, this.#until);
      if (this.listener) this.listener.take(input, at, run);
      // nothing is rendered before the first block, and that may take more than a hop
      if (Number.isNaN(this.#gain)) output.fill(0, at, at + run);
      else for (let i = 0; i < run; i++) output[at + i] = block[this.#read + i];
      at += run;
      this.#position += run;
      this.#read += run;
      this.#until -= run;
      if (this.#until === 0) this.#render();
    }
  }

  /** Forgets the stream (phases, history, tails, recurrent states) and the player. */
  reset(): void {
    for (const voice of this.#all) voice.reset();
    this.#timbre.reset();
    this.listener?.reset();
    this.#begin();
  }

  /**
   * Starts an engine whose parts are new. Clearing their memory would be slow, because it would touch it for the first
   * time.
   */
  #begin(): void {
    if (this.listener) this.#all[0].begin(this.listener, this.firstOffset);
    this.#until = this.#firstBlock;
    this.#read = 0;
    this.#release = 0;
    this.#released = 0;
    this.#position = 0;
    this.#gain = Number.NaN;
    this.blocks = 0;
  }

  #render(): void {
    const timbre = this.#timbre;
    const { turned } = this;
    this.#takeControls();
    this.conductor?.beforeBlock(this.#position);
    const level = this.#sourceLevel();
    timbre.clear();
    const early = this.#position < this.#firstFrame;
    // the first voice is the one that listens
    for (let i = early ? 1 : 0; i < this.#all.length; i++)
      this.#all[i].render(turned.values, level, this.origin + this.#position);
    timbre.step(turned.values);
    const gain = turned.values[CONTROL_INDEX.gain];
    const before = Number.isNaN(this.#gain) ? gain : this.#gain;
    this.#heap.kernels.rampGain(this.#blockAt, before, gain, this.hop);
    this.#gain = gain;
    const block = this.#block;
    for (let i = 0; i < block.length; i++) block[i] = held(block[i]);
    this.#until = this.hop;
    this.#read = 0;
    if (!early) this.blocks++;
  }

  #takeControls(): void {
    const { values } = this.controls;
    const turned = this.turned.values;
    for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) turned[i] = values[i];
    if (this.listener) this.listener.matching = this.matching;
  }

  /** The level of the sources in this block: 1, or less while they fade out. */
  #sourceLevel(): number {
    if (this.#release === 0) return 1;
    if (this.#released < this.#release) this.#released++;
    return 1 - this.#released / this.#release;
  }
}
