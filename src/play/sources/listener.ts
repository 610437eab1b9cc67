/**
 * Follows a player. The input is filtered and analysed window by window. f0 and loudness are then followed over time
 * and matched to the model. Sound that is not above the background does not count as the player's.
 *
 * A frame describes the sound in the middle of its window, so this source is W/2 samples late.
 */

import { Analyser } from '../../analysis/analyser';
import { BackgroundGate } from '../../analysis/background';
import { LOUDNESS_FLOOR } from '../../analysis/config';
import { Follower } from '../../analysis/follower';
import { InputFilter } from '../../analysis/input-filter';
import { type ListeningOptions, listening } from '../../analysis/listening';
import type { Heap } from '../../dsp/heap';
import { held } from '../../dsp/limits';
import type { Statistics } from '../../model/model';
import type { Metadata } from '../../model/schema';
import { Matching } from '../matching/matching';
import { type MatchingSettings, matching } from '../matching/options';
import type { PlayerProfile } from '../matching/profile';
import { loudnessVelocity } from '../notes/velocity';
import type { FrameValues } from './frame-values';
import { F0, type FrameSource, LOUDNESS } from './source';

export interface ListenerContext {
  readonly heap: Heap;
  /** the context's, Hz */
  readonly sampleRate: number;
  /** H */
  readonly hop: number;
  readonly model: Metadata;
  readonly frame: FrameValues;
  /** profile of the player */
  readonly profile: PlayerProfile;
  readonly options: ListeningOptions;
}

/** Step in octaves within one hop that counts as a leap. */
const LEAP = 0.9;

export class Listener implements FrameSource {
  readonly values: Float64Array;
  sounding = false;
  leaps = false;
  readonly gain = 1;
  /** how the player is matched to the model; read at the next frame */
  matching: MatchingSettings = matching();
  /** W, samples */
  readonly window: number;

  readonly #hop: number;
  readonly #analyser: Analyser;
  readonly #follower: Follower;
  readonly #filter: InputFilter;
  /** null: the gate is fixed and part of the follower */
  readonly #background: BackgroundGate | null;
  /** dB, the fixed gate */
  readonly #gate: number;
  readonly #matching: Matching;
  readonly #statistics: Statistics;
  /** the last max(W, H) input samples; full when a frame is due */
  readonly #history: Float32Array;
  /** where the next input sample goes in `#history` */
  #fill = 0;
  #analysed: Float32Array | null = null;
  readonly #heap: Heap;
  #heard = false;

  /** Set-up only: allocates. */
  constructor({ heap, sampleRate, hop, model, frame, profile, options }: ListenerContext) {
    const { config, gate, hold, filter } = listening(model.analysis, model.sampleRate, options);
    this.values = frame.create();
    this.#heap = heap;
    this.#hop = hop;
    this.#analyser = new Analyser({ heap, sampleRate, modelRate: model.sampleRate, config });
    this.window = this.#analyser.window;
    const seconds = hop / sampleRate;
    this.#gate = gate === 'auto' ? LOUDNESS_FLOOR : gate;
    this.#background = gate === 'auto' ? new BackgroundGate(seconds) : null;
    this.#filter = new InputFilter(sampleRate, seconds, config.pitchMin, filter);
    this.#follower = new Follower({ window: this.window, hop, sampleRate, hold, gate: this.#gate });
    this.#matching = new Matching(model.statistics, profile, seconds);
    this.#statistics = model.statistics;
    this.#history = new Float32Array(Math.max(this.window, hop));
    this.#begin();
  }

  /** f0 of the last frame as analysed, Hz; 0 = unvoiced. */
  get f0(): number {
    return this.#heard ? this.#analyser.f0 : 0;
  }

  /** Confidence of the last frame, 0..1. */
  get confidence(): number {
    return this.#heard ? this.#analyser.confidence : 0;
  }

  /** Loudness of the last frame as analysed, dB, -80 and up. */
  get loudness(): number {
    return this.#heard ? this.#analyser.loudness : LOUDNESS_FLOOR;
  }

  /** Whether the last frame belongs to a note of the player. */
  get note(): boolean {
    return this.#heard && this.#follower.voiced;
  }

  /** dB: quieter sound is not played. With `auto`: a voiced frame must exceed it for a note to begin. */
  get gate(): number {
    return this.#background ? this.#background.threshold : this.#gate;
  }

  /** Hz, mains frequency of the hum that is being removed; 0 = none. */
  get hum(): number {
    return this.#filter.mains;
  }

  /** Octaves that matching added to the last frame's pitch. */
  get register(): number {
    return this.#matching.octaves;
  }

  /** dB that matching added to the last frame's loudness. */
  get level(): number {
    return this.#matching.gain;
  }

  /** 1 to 127: the velocity that corresponds to the matched loudness of the last frame. */
  get velocity(): number {
    return loudnessVelocity(this.values[LOUDNESS], this.#statistics);
  }

  /** Call it once the heap is sealed. */
  ready(): void {
    this.#analysed = this.#heap.view(this.#analyser.input, this.window);
  }

  /**
   * Audio thread. Takes `count` samples of input, at most up to the next frame. NaN samples count as silence.
   * @param input null: silence
   */
  take(input: Float32Array | null, offset: number, count: number): void {
    const history = this.#history;
    if (input) for (let i = 0; i < count; i++) history[this.#fill + i] = held(input[offset + i]);
    else history.fill(0, this.#fill, this.#fill + count);
    this.#filter.process(history, this.#fill, this.#fill + count);
    this.#fill += count;
  }

  next(): void {
    const history = this.#history;
    const analysed = this.#analysed!;
    const start = history.length - analysed.length;
    for (let i = 0; i < analysed.length; i++) analysed[i] = history[start + i];
    history.copyWithin(0, this.#hop);
    this.#fill -= this.#hop;
    this.#analyser.run();
    const background = this.#background;
    background?.next(this.#analyser);
    const open = background ? background.open : true;
    this.#follower.next(this.#analyser, open);
    this.#filter.adapt(background ? open : this.#follower.voiced, this.#analyser.f0);
    this.#matching.next(this.#follower, this.matching);
    this.#heard = true;
    const { f0 } = this.#matching;
    // a new note does not glide from the last one; nor does a leap, because it would sound as a chirp
    this.leaps = !this.sounding || Math.abs(Math.log2(f0 / this.values[F0])) > LEAP;
    this.sounding = this.#follower.loudness > LOUDNESS_FLOOR;
    this.values[F0] = f0;
    this.values[LOUDNESS] = this.#matching.loudness;
  }

  /**
   * Audio thread. Takes over the knowledge of the background from `other`, which has heard `ahead` samples more. Called
   * for an engine that takes over, before it hears anything.
   */
  adopt(other: Listener, ahead: number): void {
    this.#filter.adopt(other.#filter, ahead);
    if (this.#background && other.#background) this.#background.adopt(other.#background);
  }

  /** Forgets the stream and the player. */
  reset(): void {
    this.#matching.reset();
    this.#history.fill(0);
    this.#follower.reset();
    this.#background?.reset();
    this.#filter.reset();
    this.#begin();
  }

  #begin(): void {
    this.#fill = this.#history.length - this.window / 2 - (this.#hop >> 1);
    this.#heard = false;
    this.sounding = false;
  }
}
