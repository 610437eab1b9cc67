/**
 * What a host drives: silence, one engine, or two while one takes over from the other.
 *
 * A swap. Both engines run on the input from the moment of `setEngine`. The old one is heard until
 * the new one's latency has passed (before that the new one has nothing to say), then a linear
 * crossfade of 20 ms leads to the new one and the old one is dropped. Equal gain, not equal power:
 * both play the same note, so their sum is closer to coherent than to independent.
 *
 * An engine that comes while a fade runs waits for its end; one that comes while another still waits
 * to be heard replaces it.
 */

import { type Controls, defaultControls, type Engine } from './engine';
import { FrameLog } from './frame-log';

const FADE_SECONDS = 0.02;
/** the longest piece handled at once; also what bounds the error of a frame's logged position */
const BLOCK = 128;
const LOGGED_FRAMES = 1024;

/** What the player needs of an engine. */
export type Playable = Pick<
  Engine,
  | 'latency'
  | 'tail'
  | 'controls'
  | 'frames'
  | 'f0'
  | 'confidence'
  | 'loudness'
  | 'register'
  | 'level'
  | 'process'
>;

export class Player {
  /** Taken over by every engine at the start of each piece. */
  readonly controls = defaultControls();
  readonly log = new FrameLog(LOGGED_FRAMES);
  /** samples played since construction */
  position = 0;

  readonly #fadeLength: number;
  readonly #input = new Float32Array(BLOCK);
  readonly #output = new Float32Array(BLOCK);
  /** heard now */
  #current: Playable | null = null;
  /** takes over after `#wait` samples, then over `#fadeLength` */
  #next: Playable | null = null;
  /** arrived during a fade */
  #queued: Playable | null = null;
  #wait = 0;
  #faded = 0;
  #loggedFrames = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#fadeLength = Math.max(1, Math.round(FADE_SECONDS * sampleRate));
  }

  /** Lets `engine` take over. Between callbacks (a message handler), not inside one. */
  setEngine(engine: Playable): void {
    if (!this.#current) {
      this.#current = engine;
      this.#loggedFrames = engine.frames;
    } else if (this.#next && this.#wait === 0) {
      this.#queued = engine;
    } else {
      this.#begin(engine);
    }
  }

  /**
   * Audio callback. Takes `count` samples from `input` at `offset` (null: silence), writes `count` to
   * `output` at `offset`. Any count. `input` and `output` must not overlap.
   */
  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const end = offset + count;
    for (let at = offset; at < end; ) {
      let n = Math.min(BLOCK, end - at);
      if (this.#next && this.#wait > 0) n = Math.min(n, this.#wait);
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
    copyControls(this.controls, current.controls);
    current.process(input, output, offset, count);
    if (this.#next) this.#advanceSwap(this.#next, input, output, offset, count);
  }

  #advanceSwap(
    next: Playable,
    input: Float32Array | null,
    output: Float32Array,
    offset: number,
    count: number,
  ): void {
    const own = this.#output;
    const framesBefore = next.frames;
    if (input) for (let i = 0; i < count; i++) this.#input[i] = input[offset + i];
    copyControls(this.controls, next.controls);
    next.process(input ? this.#input : null, own, 0, count);
    if (this.#wait > 0) {
      this.#wait -= count;
      return;
    }
    for (let i = 0; i < count; i++) {
      this.#faded++;
      const weight = Math.min(1, this.#faded / this.#fadeLength);
      output[offset + i] += (own[i] - output[offset + i]) * weight;
    }
    if (this.#faded >= this.#fadeLength) this.#finish(next, framesBefore);
  }

  #begin(engine: Playable): void {
    this.#next = engine;
    this.#wait = engine.latency;
    this.#faded = 0;
  }

  /** @param framesBefore the next engine's before this piece: a frame of this piece is still to be logged */
  #finish(next: Playable, framesBefore: number): void {
    const queued = this.#queued;
    this.#current = next;
    this.#next = null;
    this.#queued = null;
    this.#loggedFrames = framesBefore;
    if (queued) this.#begin(queued);
  }

  #logFrame(): void {
    const current = this.#current;
    if (!current || current.frames === this.#loggedFrames) return;
    this.#loggedFrames = current.frames;
    const { f0, confidence, loudness, register, level } = current;
    this.log.push(this.position, f0, confidence, loudness, register, level);
  }
}

function copyControls(from: Controls, to: Controls): void {
  to.pitchShift = from.pitchShift;
  to.harmonics = from.harmonics;
  to.noise = from.noise;
  to.reverb = from.reverb;
  to.gain = from.gain;
  to.matching = from.matching;
}
