/**
 * Keeps the level of a mix of two sounds of the same note. The power of the mix depends on their phases. At some
 * frequencies the room responses of two models may even cancel. This gain sets the power of the mix to a value between
 * the powers of the two sounds.
 */

/** Seconds over which powers are compared. */
const MEMORY = 0.1;
/** limits of the gain, as amplitude factors: 9 dB down and up */
const LEAST = 0.35;
const MOST = 2.8;
/** power of a block below which it is silence */
const SILENCE = 1e-12;

export class LevelKeeper {
  /** gain for the mix of the last block */
  gain = 1;
  readonly #forgets: number;
  #one = 0;
  #other = 0;
  #mix = 0;

  /** @param blockSeconds seconds between two calls of `next` */
  constructor(blockSeconds: number) {
    this.#forgets = 1 - Math.exp(-blockSeconds / MEMORY);
  }

  /** Audio thread. Takes the powers of both sounds and of their mix in a block. @param share of `other`, 0..1 */
  next(one: number, other: number, mix: number, share: number): void {
    this.#one += this.#forgets * (one - this.#one);
    this.#other += this.#forgets * (other - this.#other);
    this.#mix += this.#forgets * (mix - this.#mix);
    const wanted = this.#one ** (1 - share) * this.#other ** share;
    const kept = this.#mix > SILENCE ? Math.sqrt(wanted / this.#mix) : 1;
    this.gain = Math.min(Math.max(kept, LEAST), MOST);
  }

  reset(): void {
    this.gain = 1;
    this.#one = 0;
    this.#other = 0;
    this.#mix = 0;
  }
}
