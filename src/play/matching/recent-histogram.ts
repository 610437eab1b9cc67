/**
 * Where values lay lately: a histogram that forgets, older values counting less by e every MEMORY seconds.
 * Instead of all that is there shrinking, what is new weighs more. Audio thread, but for the constructor.
 */

/** Seconds. A phrase is not enough to change what is known of a player, a few of them are. */
const MEMORY = 15;
/** Weights stay in range. */
const HEAVY = 1e100;

export class RecentHistogram {
  readonly #low: number;
  readonly #width: number;
  readonly #weights: Float64Array;
  #total = 0;
  /** of a second of what comes now */
  #weight = 1;

  /**
   * @param low lowest value told apart
   * @param high highest
   * @param width of a bin
   */
  constructor(low: number, high: number, width: number) {
    this.#low = low;
    this.#width = width;
    this.#weights = new Float64Array(Math.ceil((high - low) / width));
  }

  /** Seconds of values that are remembered, at most MEMORY. */
  get seconds(): number {
    return this.#total / this.#weight;
  }

  /** @param value a finite number */
  add(value: number, seconds: number): void {
    const weights = this.#weights;
    const bin = Math.min(Math.max(Math.floor((value - this.#low) / this.#width), 0), weights.length - 1);
    weights[bin] += this.#weight * seconds;
    this.#total += this.#weight * seconds;
  }

  /** Time passes. */
  age(seconds: number): void {
    this.#weight *= 1 + seconds / MEMORY;
    if (this.#weight < HEAVY) return;
    const weights = this.#weights;
    this.#total /= HEAVY;
    this.#weight /= HEAVY;
    for (let i = 0; i < weights.length; i++) weights[i] /= HEAVY;
  }

  /** @returns the value below which `share` of the recent ones lie; there must be some */
  quantile(share: number): number {
    const weights = this.#weights;
    let left = (1 - share) * this.#total;
    let bin = weights.length - 1;
    while (bin > 0 && weights[bin] <= left) left -= weights[bin--];
    return this.#low + this.#width * (bin + 1 - (weights[bin] > 0 ? left / weights[bin] : 0));
  }

  /** @returns how far the recent values, moved by `by`, lie outside of low..high on average; there must be some */
  meanOutside(low: number, high: number, by: number): number {
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const value = this.#low + this.#width * (i + 0.5) + by;
      sum += weights[i] * Math.max(low - value, value - high, 0);
    }
    return sum / this.#total;
  }

  clear(): void {
    this.#weights.fill(0);
    this.#total = 0;
    this.#weight = 1;
  }
}
