/**
 * A histogram of recent values that forgets. The weight of a value falls by a factor of e every `memory` seconds. To
 * save work, old weights are not scaled down: new values get larger weights instead. It runs on the audio thread,
 * except for the constructor.
 */

/** When the weights grow beyond this, all are scaled down. */
const HEAVY = 1e100;
/** `entries` leaves out bins with fewer seconds than this. */
const NEGLIGIBLE = 1e-3;

export class RecentHistogram {
  readonly #low: number;
  readonly #width: number;
  readonly #memory: number;
  readonly #weights: Float64Array;
  #total = 0;
  #found = 0;
  /** weight of one second of a value that is added now */
  #weight = 1;

  /**
   * @param low lower end of the range; lower values count in the first bin
   * @param high upper end of the range; higher values count in the last bin
   * @param width of a bin
   * @param memory seconds in which the weight of a value falls by a factor of e
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

  /** @param other a histogram with the same bins */
  copy(other: RecentHistogram): void {
    this.#weights.set(other.#weights);
    this.#total = other.#total;
    this.#weight = other.#weight;
  }

  /** Lets time pass: older values lose weight. */
  age(seconds: number): void {
    this.#weight *= 1 + seconds / this.#memory;
    if (this.#weight < HEAVY) return;
    const weights = this.#weights;
    this.#total /= HEAVY;
    this.#weight /= HEAVY;
    for (let i = 0; i < weights.length; i++) weights[i] /= HEAVY;
  }

  /** @returns the value below which `share` of the recent values lie; the histogram must not be empty */
  quantile(share: number): number {
    this.#seek(share);
    return this.#found;
  }

  /** Stores the quantile in a field. A number returned from a function with a loop would be allocated as an object. */
  #seek(share: number): void {
    const weights = this.#weights;
    let left = (1 - share) * this.#total;
    let bin = weights.length - 1;
    while (bin > 0 && weights[bin] <= left) left -= weights[bin--];
    this.#found = this.#low + this.#width * (bin + 1 - (weights[bin] > 0 ? left / weights[bin] : 0));
  }

  /** @returns the mean distance of the recent values, shifted by `by`, from the range low..high; must not be empty */
  meanOutside(low: number, high: number, by: number): number {
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const value = this.#low + this.#width * (i + 0.5) + by;
      sum += weights[i] * Math.max(low - value, value - high, 0);
    }
    return sum / this.#total;
  }

  /** Set-up only. @returns the middle of each bin that is not empty, and its seconds */
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
