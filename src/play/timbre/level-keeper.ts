/**
 * Two sounds of the same note add up to more or less than their powers say, as their phases will have it: at single
 * frequencies the rooms of two models may cancel. This gain makes the power of a mix what lies between theirs.
 */

/** Seconds over which powers are compared. */
const MEMORY = 0.1;
/** factors of amplitude beyond which it does not go: 9 dB */
const LEAST = 0.35;
const MOST = 2.8;
/** of a block: quieter is silence */
const SILENCE = 1e-12;

export class LevelKeeper {
  /** what the mix of the last block is to be multiplied by */
  gain = 1;
  readonly #forgets: number;
  #one = 0;
  #other = 0;
  #mix = 0;

  /** @param blockSeconds between two calls of `next` */
  constructor(blockSeconds: number) {
    this.#forgets = 1 - Math.exp(-blockSeconds / MEMORY);
  }

  /** Audio thread. Takes the powers of both sounds and of their mix in a block. @param share of the other, 0..1 */
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
