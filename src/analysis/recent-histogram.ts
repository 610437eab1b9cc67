/**
 * Where values lay recently: a histogram that forgets. A value's weight falls by a factor of e every `memory`
 * seconds. New values weigh more; old weights are not touched, which is cheaper. Audio thread, except for the
 * constructor.
 */

/** Weights are scaled down when they grow beyond this. */
const HEAVY = 1e100;
/** Seconds that `entries` leaves out. */
const NEGLIGIBLE = 1e-3;

export class RecentHistogram {
  readonly #low: number;
  readonly #width: number;
  readonly #memory: number;
  readonly #weights: Float64Array;
  #total = 0;
  #found = 0;
  /** of one second of what is added now */
  #weight = 1;

  /**
   * @param low lowest value told apart
   * @param high highest
   * @param width of a bin
   * @param memory seconds after which a value counts less by a factor of e
   */
  constructor(low: number, high: number, width: number, memory: number) {
    this.#low = low;
    this.#width = width;
    this.#memory = memory;
    this.#weights = new Float64Array(Math.ceil((high - low) / width));
  }

  /** Seconds of values that are remembered, at most `memory`. */
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

  /** @param other a histogram of the same bins */
  copy(other: RecentHistogram): void {
    this.#weights.set(other.#weights);
    this.#total = other.#total;
    this.#weight = other.#weight;
  }

  /** Time passes. */
  age(seconds: number): void {
    this.#weight *= 1 + seconds / this.#memory;
    if (this.#weight < HEAVY) return;
    const weights = this.#weights;
    this.#total /= HEAVY;
    this.#weight /= HEAVY;
    for (let i = 0; i < weights.length; i++) weights[i] /= HEAVY;
  }

  /** @returns the value below which `share` of the recent ones lie; there must be some */
  quantile(share: number): number {
    this.#seek(share);
    return this.#found;
  }

  /** Leaves the quantile in a field: a number that is returned from a loop would be an object. */
  #seek(share: number): void {
    const weights = this.#weights;
    let left = (1 - share) * this.#total;
    let bin = weights.length - 1;
    while (bin > 0 && weights[bin] <= left) left -= weights[bin--];
    this.#found = this.#low + this.#width * (bin + 1 - (weights[bin] > 0 ? left / weights[bin] : 0));
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

  /** Set-up only. @returns the middle of each bin that holds something, and its seconds */
  entries(): [value: number, seconds: number][] {
    const entries: [number, number][] = [];
    this.#weights.forEach((weight, i) => {
      const seconds = weight / this.#weight;
      if (seconds > NEGLIGIBLE) entries.push([this.#low + this.#width * (i + 0.5), seconds]);
    });
    return entries;
  }

  clear(): void {
    this.#weights.fill(0);
    this.#total = 0;
    this.#weight = 1;
  }
}
