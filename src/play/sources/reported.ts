/** Records what a source plays, so that it can be played again. */

import type { Frames } from './frame-track';
import { F0, type FrameSource, LOUDNESS } from './source';

/** Not for the audio thread: it allocates. */
export class ReportedSource implements FrameSource {
  #source!: FrameSource;
  #f0: number[] = [];
  #loudness: number[] = [];
  #leaps: number[] = [];

  /** Plays `source` from now on and forgets everything before. */
  of(source: FrameSource): this {
    this.#source = source;
    this.#f0 = [];
    this.#loudness = [];
    this.#leaps = [];
    return this;
  }

  get values(): Float64Array {
    return this.#source.values;
  }

  get sounding(): boolean {
    return this.#source.sounding;
  }

  get leaps(): boolean {
    return this.#source.leaps === true;
  }

  get literal(): boolean {
    return this.#source.literal === true;
  }

  get gain(): number {
    return this.#source.gain;
  }

  next(): void {
    this.#source.next();
    this.#f0.push(this.values[F0]);
    this.#loudness.push(this.values[LOUDNESS]);
    this.#leaps.push(this.leaps ? 1 : 0);
  }

  /** Returns the first `count` frames. */
  frames(count: number): Frames {
    const [f0, loudness, leaps] = [this.#f0, this.#loudness, this.#leaps].map((all) => all.slice(0, count));
    return { f0, loudness, leaps };
  }
}
