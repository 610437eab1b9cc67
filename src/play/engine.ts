/**
 * The streaming engine: one model at one sample rate.
 *
 * Every H input samples complete a window, and one *frame* runs: analyse -> decode -> synthesise one
 * segment. Between frames `process` only copies: input into the history, the last segment out. So the
 * work does not depend on how the host cuts the stream, and neither does the result.
 *
 * Frame i's window ends at sample iH + floor(H/2) + W/2; its segment starts one hop before its centre,
 * at iH + floor(H/2) - H, and is read during the hop that follows. Hence the latency: W/2 + H, plus
 * what a noise filter longer than a hop has to look ahead.
 *
 * Rest. When there has been nothing to play for a second, the sources fade out within a hop and are not
 * computed until there is; the reverb neither, when it has died away. What they would sound then is what they
 * would have sounded all the same.
 *
 * Whatever comes in, what goes out is finite, and what was wrong with it is forgotten: samples are held to
 * +-LOUDEST on both ways, a sample that is no number counts as silence.
 *
 * All memory is allocated by the constructor. `process` runs on the audio thread: it makes no object,
 * no view, no closure, and does not throw.
 */

import { Analyser, LOUDNESS_FLOOR } from '../analysis/analyser';
import { Follower } from '../analysis/follower';
import { type ListeningOptions, listening } from '../analysis/listening';
import { DecoderStream } from '../decoder/decoder';
import { Heap, type Pointer, type Table } from '../dsp/heap';
import { held } from '../dsp/limits';
import type { Model } from '../model/model';
import { DECODER_PREFIX } from '../model/tensors';
import { planSynth } from '../synth/graph';
import { SynthStream, synthTail } from '../synth/stream';
import { Matching } from './matching/matching';
import { type MatchingSettings, matching } from './matching/options';
import { PlayerProfile } from './matching/profile';

/**
 * What a player can turn while it sounds. Taken at every frame and moved to over one hop, without a jump. A value
 * that is not finite changes nothing.
 */
export interface Controls {
  /** semitones, -24..24 */
  pitchShift: number;
  /** 0..2, 1 as trained */
  harmonics: number;
  /** 0..2, 1 as trained */
  noise: number;
  /** mix 0..1, 0.5 as trained */
  reverb: number;
  /** linear output gain */
  gain: number;
  /** register and level; from `matching` of matching/options.ts */
  matching: MatchingSettings;
}

/** As a model was trained, and a player matched to it. */
export function defaultControls(): Controls {
  return { pitchShift: 0, harmonics: 1, noise: 1, reverb: 0.5, gain: 1, matching: matching() };
}

export interface EngineOptions extends ListeningOptions {
  /** seeds the noise; the same seed gives the same output */
  readonly seed?: number;
  /**
   * Empty: filled with the tables that set-up computes, of the model's tensors too. As another engine of the
   * same model and rate filled it: used instead, which saves nearly all of set-up's time; the model's tensors
   * are then not looked at.
   */
  readonly tables?: Table[];
  /** true: weights and responses among the tables are copied by `prepare`, a portion each time */
  readonly gradually?: boolean;
  /** what is known of the player; an engine that takes over from another is given the same */
  readonly profile?: PlayerProfile;
}

/** Seconds without anything to play after which the instrument rests. */
const REST_AFTER = 1;

/** Web Audio's own limits reach further; nothing sensible lies there. */
const LOWEST_RATE = 8000;
const HIGHEST_RATE = 384_000;

export class Engine {
  /** samples between the input and its output: W/2 + H (more only for a noise filter longer than a hop) */
  readonly latency: number;
  /** samples that sound after the input has ended, latency not counted */
  readonly tail: number;
  readonly controls = defaultControls();
  /** frames analysed so far */
  frames = 0;
  /** H, samples from frame to frame */
  readonly hop: number;

  readonly #heap: Heap;
  readonly #analyser: Analyser;
  readonly #follower: Follower;
  readonly #matching: Matching;
  readonly #decoder: DecoderStream;
  readonly #synth: SynthStream;
  readonly #window: number;
  /** the last max(W, H) input samples; full when a frame is due */
  readonly #history: Float32Array;
  readonly #analysed: Float32Array;
  readonly #segmentAt: Pointer;
  readonly #segment: Float32Array;
  /** where the next input sample goes in `#history` */
  #fill = 0;
  /** how much of `#segment` has been read */
  #read = 0;
  /** the controls that this frame moves to */
  readonly #turned: Controls = { ...this.controls };
  #gain = 1;
  readonly #restAfter: number;
  /** frames since there was something to play */
  #quiet = 0;
  /** hops over which the sources fade away, and how many of them have begun; 0: they sound */
  #release = 0;
  #released = 0;

  /**
   * @param module compiled play kernels
   * @param model a valid model
   * @param sampleRate the context's, Hz; hop, window, noise filters and impulse response follow it
   * @throws RangeError for a sample rate or an option out of range
   */
  constructor(
    module: WebAssembly.Module,
    model: Model,
    readonly sampleRate: number,
    { seed = 1, tables, gradually, profile = new PlayerProfile(), ...options }: EngineOptions = {},
  ) {
    if (!(sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE)) {
      throw new RangeError(`sampleRate ${sampleRate}: expected ${LOWEST_RATE} to ${HIGHEST_RATE} Hz`);
    }
    const heap = new Heap(module, tables, gradually);
    const modelRate = model.sampleRate;
    const hop = Math.round(sampleRate / model.frameRate);
    const plan = planSynth(model.synth);
    this.#heap = heap;
    this.hop = hop;
    const { config, gate, hold } = listening(model.analysis, modelRate, options);
    this.#analyser = new Analyser({ heap, sampleRate, modelRate, config });
    this.#follower = new Follower({ window: this.#analyser.window, hop, sampleRate, hold, gate });
    this.#matching = new Matching(model.statistics, profile, hop / sampleRate);
    this.#decoder = new DecoderStream(
      heap,
      (name) => model.tensors[DECODER_PREFIX + name],
      model.decoder.hidden,
      plan.outputs,
      model.decoder.inputScale,
    );
    this.#synth = new SynthStream(plan, {
      heap,
      sampleRate,
      modelRate,
      hop,
      seed,
      tensor: (name) => model.tensors[name],
    });
    this.#window = this.#analyser.window;
    this.#restAfter = Math.round((REST_AFTER * sampleRate) / hop);
    this.#history = new Float32Array(Math.max(this.#window, hop));
    this.#segmentAt = this.#synth.output;
    this.latency = this.#window / 2 + hop + this.#synth.lookahead;
    this.tail = synthTail(plan, { sampleRate, modelRate, hop });
    heap.seal();
    this.#analysed = heap.view(this.#analyser.input, this.#window);
    this.#segment = heap.view(this.#segmentAt, hop);
    this.#begin();
  }

  /** The last frame's pitch, Hz, before matching and the pitch shift; 0 = unvoiced. */
  get f0(): number {
    return this.frames === 0 ? 0 : this.#analyser.f0;
  }

  /** The last frame's, 0..1. */
  get confidence(): number {
    return this.frames === 0 ? 0 : this.#analyser.confidence;
  }

  /** The last frame's, dB, -80 and up, before matching. */
  get loudness(): number {
    return this.frames === 0 ? LOUDNESS_FLOOR : this.#analyser.loudness;
  }

  /** Octaves that matching added to the last frame's pitch. */
  get register(): number {
    return this.#matching.octaves;
  }

  /** dB that matching added to the last frame's loudness. */
  get level(): number {
    return this.#matching.gain;
  }

  /**
   * Audio thread. Goes on with a set-up that was to be gradual, for a fifth of a millisecond or so.
   * @returns true when `process` may be called
   */
  prepare(): boolean {
    return this.#heap.fillOn();
  }

  /** Samples until the next frame; the one after them is the first that it changes. */
  get untilFrame(): number {
    return this.#history.length - this.#fill;
  }

  /**
   * Audio thread. From the next frame on what sounds fades away linearly, within `hops` hops; what it has left
   * in a reverb rings on for `tail` samples.
   */
  release(hops: number): void {
    this.#release = hops;
  }

  /**
   * Audio thread. Takes `count` samples from `input` at `offset` (null: silence), writes `count` to
   * `output` at `offset`. Any count; the result does not depend on how a stream is cut.
   */
  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const history = this.#history;
    const segment = this.#segment;
    let at = offset;
    const end = offset + count;
    while (at < end) {
      const run = Math.min(end - at, history.length - this.#fill);
      if (input) for (let i = 0; i < run; i++) history[this.#fill + i] = held(input[at + i]);
      else history.fill(0, this.#fill, this.#fill + run);
      // Before the first frame nothing has been rendered, and more than a hop may pass.
      if (this.frames === 0) output.fill(0, at, at + run);
      else for (let i = 0; i < run; i++) output[at + i] = segment[this.#read + i];
      at += run;
      this.#fill += run;
      this.#read += run;
      if (this.#fill === history.length) this.#frame();
    }
  }

  /** Forgets the stream: phase, history, tails, recurrent state, and the player. */
  reset(): void {
    this.#matching.reset();
    this.#decoder.reset();
    this.#synth.reset();
    this.#history.fill(0);
    this.#follower.reset();
    this.#begin();
  }

  /** Of an engine whose parts are new: to clear their memory would only touch it, which takes long. */
  #begin(): void {
    this.#fill = this.#history.length - this.#window / 2 - (this.hop >> 1);
    this.#read = 0;
    this.#release = 0;
    this.#released = 0;
    this.#quiet = 0;
    this.frames = 0;
  }

  #frame(): void {
    const history = this.#history;
    const analysed = this.#analysed;
    const start = history.length - analysed.length;
    for (let i = 0; i < analysed.length; i++) analysed[i] = history[start + i];
    history.copyWithin(0, this.hop);
    this.#fill -= this.hop;
    this.#read = 0;

    this.#analyser.run();
    this.#follower.next(this.#analyser);
    this.#takeControls();
    const { pitchShift, harmonics, noise, reverb, gain, matching } = this.#turned;
    this.#matching.next(this.#follower, matching);
    const f0 = this.#matching.f0 * 2 ** (pitchShift / 12);
    const first = this.frames === 0;
    this.#quiet = this.#follower.loudness > LOUDNESS_FLOOR ? 0 : this.#quiet + 1;
    const level = this.#quiet === this.#restAfter ? 0 : this.#sourceLevel();
    this.#decoder.step(f0, this.#matching.loudness);
    this.#synth.turn('harmonics', harmonics * level);
    this.#synth.turn('noise', noise * level);
    this.#synth.turn('reverb', reverb);
    const skip = first ? this.hop - (this.hop >> 1) : 0;
    this.#synth.step(this.#decoder.output, f0, first, skip, this.#quiet > this.#restAfter);
    this.#heap.kernels.rampGain(this.#segmentAt, first ? gain : this.#gain, gain, this.hop);
    this.#gain = gain;
    const segment = this.#segment;
    for (let i = 0; i < segment.length; i++) segment[i] = held(segment[i]);
    this.frames++;
  }

  #takeControls(): void {
    const { controls } = this;
    const turned = this.#turned;
    if (Number.isFinite(controls.pitchShift)) turned.pitchShift = controls.pitchShift;
    if (Number.isFinite(controls.harmonics)) turned.harmonics = controls.harmonics;
    if (Number.isFinite(controls.noise)) turned.noise = controls.noise;
    if (Number.isFinite(controls.reverb)) turned.reverb = controls.reverb;
    if (Number.isFinite(controls.gain)) turned.gain = controls.gain;
    turned.matching = controls.matching;
  }

  /** 1, or how much of the sources this frame leaves of those that fade away. */
  #sourceLevel(): number {
    if (this.#release === 0) return 1;
    if (this.#released < this.#release) this.#released++;
    return 1 - this.#released / this.#release;
  }
}
