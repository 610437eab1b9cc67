/** Vibrato that varies like a player's: each cycle draws a new rate and depth. */

import type { Vibrato } from '../../model/articulation';

/** Limits of a cycle, as factors of the mean. */
const SLOWEST = 0.6;
const FASTEST = 1.4;
/** rise time from a tenth to nine tenths of the depth, as a share of the delay */
const RISE = 1;

export class VibratoOscillator {
  readonly #settings: Vibrato;
  readonly #seed: number;
  /** phase in cycles */
  #phase = 0;
  #cycle = 0;
  #rate = 0;
  #depth = 0;
  #counter = 0;

  constructor(settings: Vibrato, seed: number) {
    this.#settings = settings;
    this.#seed = seed;
  }

  /** Audio thread. Begins a note. @param note its own number, so that no two notes have the same vibrato */
  begin(note: number): void {
    this.#counter = Math.imul(note + 1, 0x9e3779b9) ^ this.#seed;
    this.#phase = 0;
    this.#cycle = 0;
    this.#draw();
  }

  /** Audio thread. Continues from the state of another oscillator. */
  follow(other: VibratoOscillator): void {
    this.#phase = other.#phase;
    this.#cycle = other.#cycle;
    this.#counter = other.#counter;
    this.#rate = other.#rate;
    this.#depth = other.#depth;
  }

  /**
   * Audio thread. Advances by `seconds`.
   * @param age seconds since the onset
   * @param scale factor for the learned depth, 1 as recorded
   * @param extra depth in cents that is added to the learned depth, without delay
   * @returns cents
   */
  next(seconds: number, age: number, scale: number, extra: number): number {
    this.#phase += this.#rate * seconds;
    const cycle = Math.floor(this.#phase);
    if (cycle !== this.#cycle) {
      this.#cycle = cycle;
      this.#draw();
    }
    const { delay } = this.#settings;
    const width = Math.max(delay * RISE, 0.01) / 4.4;
    const grown = 1 / (1 + Math.exp((delay - age) / width));
    const depth = this.#depth * scale * grown + extra;
    return depth * Math.sin(2 * Math.PI * this.#phase);
  }

  #draw(): void {
    const { rate, rateDeviation, depth, depthDeviation } = this.#settings;
    const faster = rate + rateDeviation * this.#normal();
    this.#rate = Math.min(Math.max(faster, SLOWEST * rate), FASTEST * rate);
    this.#depth = Math.max(depth + depthDeviation * this.#normal(), 0);
  }

  /** Sum of four uniform numbers: mean 0, standard deviation 1, within +-3.5. */
  #normal(): number {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += this.#uniform();
    return (sum - 2) * Math.sqrt(3);
  }

  /** Finaliser of murmur3 applied to a counter; 0 to 1. */
  #uniform(): number {
    this.#counter = (this.#counter + 0x6d2b79f5) | 0;
    let h = this.#counter;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  }
}
