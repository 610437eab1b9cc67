/** Loss curves of bounded length, for drawing and storing. */

export interface LossCurves {
  /** smoothed training loss, two values a point: step, loss */
  readonly training: readonly number[];
  /** three values a point: step, loss and log-spectral distance (dB) of the held-out slices */
  readonly validation: readonly number[];
}

/** Weight of a new step in the running mean; the first steps weigh more, so that the mean starts near them. */
const SMOOTHING = 0.05;
const MOST_POINTS = 512;

export class LossRecorder {
  readonly #training: number[];
  readonly #validation: number[];
  /** steps between points */
  #stride: number;
  #mean: number | null;

  constructor(before: LossCurves = { training: [], validation: [] }) {
    this.#training = [...before.training];
    this.#validation = [...before.validation];
    this.#mean = this.#training.at(-1) ?? null;
    const [first = 0, , second = first + 1] = this.#training;
    this.#stride = Math.max(1, second - first);
  }

  /** @returns the running mean */
  addStep(step: number, loss: number): number {
    const share = Math.max(SMOOTHING, Math.min(1, 2 / step));
    this.#mean = this.#mean === null ? loss : this.#mean + share * (loss - this.#mean);
    if (step % this.#stride === 0) this.#training.push(step, this.#mean);
    if (this.#training.length > 2 * MOST_POINTS) this.#thin();
    return this.#mean;
  }

  addValidation(step: number, loss: number, logSpectralDistance: number): void {
    // a resumed run repeats the last validation of the run before
    if (this.#validation.at(-3) === step) this.#validation.length -= 3;
    this.#validation.push(step, loss, logSpectralDistance);
  }

  get curves(): LossCurves {
    return { training: [...this.#training], validation: [...this.#validation] };
  }

  #thin(): void {
    this.#stride *= 2;
    let kept = 0;
    for (let i = 0; i < this.#training.length; i += 2) {
      if (this.#training[i] % this.#stride !== 0) continue;
      this.#training[kept++] = this.#training[i];
      this.#training[kept++] = this.#training[i + 1];
    }
    this.#training.length = kept;
  }
}
