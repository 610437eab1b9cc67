/**
 * The object that a host drives. It plays silence, one engine, or several engines while one takes over from another.
 *
 * A swap, from `setEngine` on:
 *
 * 1. The new engine gets its weights, a portion with each piece of sound. The first access to memory costs more than
 *    the copy itself. Then the engine runs on the input, unheard, for its latency and 0.15 s more. Before its latency
 *    has passed, it has no output. The recurrent decoder also needs time: after a cold start its level is wrong by up
 *    to 3 dB.
 *
 * 2. At the old engine's next frame its sources fade out, linearly over whole hops, in about 20 ms. The new engine
 *    fades in with the complementary line. The crossfade has equal gain, not equal power. Both engines play the same
 *    note in the same phase, so their partials add up.
 *
 * 3. The old engine no longer gets input. It continues until its reverb has rung out.
 *
 * So two engines run during a swap and while a tail rings. If the next swap begins before that, the tail fades out
 * within 20 ms. Only then do three engines run. A new engine replaces one that is still waiting to be heard. An engine
 * that arrives during a crossfade waits until its end.
 */

import { ControlState } from '../controls';
import { held } from '../dsp/limits';
import type { Engine } from './engine';
import { FrameLog } from './frame-log';
import { NOTE_VALUES, NoteTracker } from './heard-notes/note-tracker';
import { type MatchingSettings, matching } from './matching/options';
import { ValueLog } from './value-log';

const FADE_SECONDS = 0.02;
const WARM_UP_SECONDS = 0.15;
/** longest piece that is processed at once; it also limits the error of a frame's logged position */
const BLOCK = 128;
const LOGGED_FRAMES = 1024;
const LOGGED_NOTES = 256;

/** The part of an engine that the crossfader uses. */
export type Playable = Pick<
  Engine,
  | 'latency'
  | 'tail'
  | 'hop'
  | 'controls'
  | 'matching'
  | 'blocks'
  | 'listener'
  | 'listening'
  | 'untilBlock'
  | 'origin'
  | 'position'
  | 'release'
  | 'prepare'
  | 'process'
>;

export class Crossfader {
  /** Controls that every engine gets at the start of each piece. */
  readonly controls = new ControlState();
  /** Passed on to the engines in the same way. */
  matching: MatchingSettings = matching();
  readonly log = new FrameLog(LOGGED_FRAMES);
  /** notes of the input that began or ended; times in samples */
  readonly notes = new ValueLog(NOTE_VALUES, LOGGED_NOTES);
  /** samples played since construction */
  position = 0;

  readonly #shortFade: number;
  readonly #warmUp: number;
  readonly #tracker: NoteTracker;
  readonly #input = new Float32Array(BLOCK);
  readonly #output = new Float32Array(BLOCK);
  /** the engine that is heard now */
  #current: Playable | null = null;
  /** the engine that takes over after `#wait` samples */
  #next: Playable | null = null;
  /** an engine that arrived during a crossfade */
  #queued: Playable | null = null;
  #wait = 0;
  /**
   * length of the crossfade in samples, 0 until it is set when the fade begins; and the number of samples faded so far
   */
  #fade = 0;
  #faded = 0;
  /** the engine heard before; its tail rings for `#rest` samples, or fades out over `#rest` samples if it is cut */
  #ringing: Playable | null = null;
  #rest = 0;
  #cut = false;
  #loggedBlocks = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#shortFade = Math.max(1, Math.round(FADE_SECONDS * sampleRate));
    this.#warmUp = Math.round(WARM_UP_SECONDS * sampleRate);
    this.#tracker = new NoteTracker(this.notes, sampleRate);
  }

  /** Samples until the next frame of the engine that is heard; at least 1. */
  get untilBlock(): number {
    return this.#current ? this.#current.untilBlock : BLOCK;
  }

  /**
   * Lets `engine` take over, or begin at once if nothing has been played yet. Call it between callbacks (in a message
   * handler), not inside one.
   */
  setEngine(engine: Playable): void {
    if (!this.#current || this.position === 0) {
      while (!engine.prepare());
      engine.origin = this.position;
      this.#current = engine;
      this.#loggedBlocks = engine.blocks;
    } else if (this.#fade > 0) {
      this.#queued = engine;
    } else {
      this.#begin(engine);
    }
  }

  /**
   * Audio callback. Takes `count` samples from `input` at `offset` (null: silence) and writes `count` samples to
   * `output` at `offset`. Any count is allowed. `input` and `output` must not overlap.
   */
  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const end = offset + count;
    for (let at = offset; at < end; ) {
      let n = Math.min(BLOCK, end - at);
      if (this.#next) n = Math.min(n, this.#wait > 0 ? this.#wait : this.#fade - this.#faded);
      if (this.#ringing) n = Math.min(n, this.#rest);
      this.#piece(input, output, at, n);
      this.position += n;
      this.#logFrame();
      at += n;
    }
  }

  #piece(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const current = this.#current;
    if (!current) {
      output.fill(0, offset, offset + count);
      return;
    }
    this.#turn(current);
    current.process(input, output, offset, count);
    if (this.#ringing) this.#ring(this.#ringing, output, offset, count);
    if (this.#next) this.#advanceSwap(current, this.#next, input, output, offset, count);
  }

  #advanceSwap(
    current: Playable,
    next: Playable,
    input: Float32Array | null,
    output: Float32Array,
    offset: number,
    count: number,
  ): void {
    if (!next.prepare()) return;
    if (next.position === 0) {
      next.origin = this.position;
      if (next.listener && current.listener) next.listener.adopt(current.listener, count);
      if (next.listening && current.listening) next.listening.follow(current.listening);
    }
    const own = this.#output;
    const blocksBefore = next.blocks;
    if (input) for (let i = 0; i < count; i++) this.#input[i] = input[offset + i];
    this.#turn(next);
    next.process(input ? this.#input : null, own, 0, count);
    if (this.#wait > 0) {
      this.#wait -= count;
      if (this.#wait === 0 && this.#fade === 0) this.#release(current);
      return;
    }
    for (let i = 0; i < count; i++) {
      this.#faded++;
      output[offset + i] = held(output[offset + i] + (own[i] * this.#faded) / this.#fade);
    }
    if (this.#faded === this.#fade) this.#finish(current, next, blocksBefore);
  }

  /** Adds the tail of the engine that was heard before. */
  #ring(ringing: Playable, output: Float32Array, offset: number, count: number): void {
    const own = this.#output;
    this.#turn(ringing);
    ringing.process(null, own, 0, count);
    for (let i = 0; i < count; i++) {
      this.#rest--;
      const left = this.#cut ? this.#rest / this.#shortFade : 1;
      output[offset + i] = held(output[offset + i] + own[i] * left);
    }
    if (this.#rest === 0) this.#ringing = null;
  }

  #begin(engine: Playable): void {
    this.#next = engine;
    this.#wait = engine.latency + this.#warmUp;
    this.#fade = 0;
    this.#faded = 0;
    if (this.#ringing && !this.#cut) {
      this.#cut = true;
      this.#rest = this.#shortFade;
    }
  }

  /** Starts the crossfade at the next frame of `current`, where its own fade starts. */
  #release(current: Playable): void {
    const hops = Math.ceil(this.#shortFade / current.hop);
    current.release(hops);
    this.#fade = hops * current.hop;
    this.#wait = current.untilBlock;
  }

  /** @param blocksBefore blocks of the next engine before this piece: a frame of this piece must still be logged */
  #finish(current: Playable, next: Playable, blocksBefore: number): void {
    const queued = this.#queued;
    this.#ringing = current.tail > 0 ? current : null;
    this.#rest = current.tail;
    this.#cut = false;
    this.#current = next;
    this.#next = null;
    this.#queued = null;
    this.#fade = 0;
    this.#loggedBlocks = blocksBefore;
    if (queued) this.#begin(queued);
  }

  #logFrame(): void {
    const current = this.#current;
    if (!current || current.blocks === this.#loggedBlocks) return;
    this.#loggedBlocks = current.blocks;
    const { listener } = current;
    if (!listener) {
      this.#tracker.end(this.position);
      return;
    }
    this.log.push(this.position, listener);
    const { f0, note, loudness, velocity, window } = listener;
    this.#tracker.next(this.position - window / 2, note ? f0 : 0, loudness, velocity);
  }

  #turn(engine: Playable): void {
    const { values } = this.controls;
    for (let i = 0; i < values.length; i++) engine.controls.values[i] = values[i];
    engine.matching = this.matching;
  }
}
