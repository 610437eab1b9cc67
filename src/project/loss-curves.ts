/** Loss curves of bounded length, for drawing. */

import type { RunFigures } from '../train/run/journal';

export interface LossCurves {
  /** smoothed training loss, two values per point: step, loss */
  readonly training: readonly number[];
  /** three values per point: step, loss and log-spectral distance (dB) of the held-out slices */
  readonly validation: readonly number[];
}

/** Weight of a new step in the running mean. The first steps have larger weights, so that the mean starts near them. */
const SMOOTHING = 0.05;
const MOST_POINTS = 512;

export class LossRecorder {
  readonly #training: number[] = [];
  readonly #validation: number[] = [];
  /** number of steps between points */
  #stride = 1;
  #mean: number | null = null;

  /** @param past figures of the run so far */
  constructor({ steps, validations }: RunFigures = { steps: [], validations: [] }) {
    for (const { step, loss } of steps) this.addStep(step, loss);
    for (const { step, loss, logSpectralDistance } of validations) {
      this.addValidation(step, loss, logSpectralDistance);
    }
  }

  /** @returns the running mean */
  addStep(step: number, loss: number): number {
    this.#mean = this.#mean === null ? loss : this.#mean + shareOf(step) * (loss - this.#mean);
    if (step % this.#stride === 0) this.#training.push(step, this.#mean);
    if (this.#training.length > 2 * MOST_POINTS) this.#thin();
    return this.#mean;
  }

  addValidation(step: number, loss: number, logSpectralDistance: number): void {
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

/** Losses whose running mean equals a training curve. */
export function unsmoothed(training: LossCurves['training']): { step: number; loss: number }[] {
  const points: { step: number; loss: number }[] = [];
  for (let i = 0; i < training.length; i += 2) {
    const [step, mean] = training.slice(i, i + 2);
    const before = i === 0 ? mean : training[i - 1];
    points.push({ step, loss: before + (mean - before) / shareOf(step) });
  }
  return points;
}

/** Weight of a step in the running mean. */
function shareOf(step: number): number {
  return Math.max(SMOOTHING, Math.min(1, 2 / step));
}
