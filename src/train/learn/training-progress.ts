/** Tracks training progress: the best validation, the patience, and divergence of the loss. */

import { median } from '../../dsp/quantile';
import type { TrainerConfig } from '../config';
import { DivergenceError } from '../errors';
import type { Figures } from './metrics/figures';
import type { Yardsticks } from './metrics/yardsticks';

/** The held-out figures after a step. */
export interface Validation extends Figures {
  readonly step: number;
  /** over all held-out slices; missing in checkpoints of earlier versions */
  readonly yardsticks?: Yardsticks;
}

/** Plain data, stored in checkpoints so that a resumed run continues exactly. */
export interface ProgressState {
  readonly latest: Validation | null;
  readonly best: Validation | null;
  /** validations since the best one */
  readonly waited: number;
  /** recent losses without outliers, oldest first */
  readonly losses: readonly number[];
  /** identifies the loss: values of another loss cannot be compared */
  readonly lossKind: string;
}

export const NO_PROGRESS: ProgressState = { latest: null, best: null, waited: 0, losses: [], lossKind: '' };

/** Number of recent losses; their median is the usual loss. */
const REMEMBERED = 100;
/** Minimum number of losses before any counts as an outlier. */
const FEWEST = 20;
/** A loss above this multiple of the median is an outlier. */
const OUT_OF_LINE = 5;
/** After this many successive outliers no checkpoint is written. */
const SUSPICIOUS = 10;
/** After this many successive outliers training has diverged. */
const DIVERGED = 100;

export class TrainingProgress {
  readonly #config: Pick<TrainerConfig, 'bestBy' | 'patience'>;
  #latest: Validation | null;
  #best: Validation | null;
  #waited: number;
  #losses: number[];
  #lossKind: string;
  #outOfLine = 0;

  constructor(config: Pick<TrainerConfig, 'bestBy' | 'patience'>, state: ProgressState = NO_PROGRESS) {
    this.#config = config;
    this.#latest = state.latest;
    this.#best = state.best;
    this.#waited = state.waited;
    this.#losses = [...state.losses];
    this.#lossKind = state.lossKind;
  }

  get state(): ProgressState {
    return {
      latest: this.#latest,
      best: this.#best,
      waited: this.#waited,
      losses: [...this.#losses],
      lossKind: this.#lossKind,
    };
  }

  /** Whether there was no improvement in `trainer.patience` validations. */
  get exhausted(): boolean {
    const { patience } = this.#config;
    return patience > 0 && this.#waited >= patience;
  }

  /** Whether the last losses were outliers, so that the parameters may be bad. */
  get suspicious(): boolean {
    return this.#outOfLine >= SUSPICIOUS;
  }

  /** @returns whether it is the best so far */
  validated(validation: Validation): boolean {
    const { bestBy } = this.#config;
    this.#latest = validation;
    const [value, least] = [validation[bestBy], this.#best?.[bestBy]];
    // a value that is not finite is never the best (JSON turns it into null)
    const better = Number.isFinite(value) && !(Number.isFinite(least) && value >= least!);
    this.#waited = better ? 0 : this.#waited + 1;
    if (better) this.#best = validation;
    return better;
  }

  /**
   * @param step the one the loss belongs to
   * @param lossKind identifies the loss; losses are compared only within their kind
   * @throws DivergenceError when the loss is not finite, or too large for too long
   */
  stepped(step: number, loss: number, lossKind: string): void {
    if (!Number.isFinite(loss)) throw notFinite(step, 'loss', loss);
    if (lossKind !== this.#lossKind) {
      this.#lossKind = lossKind;
      this.#losses = [];
      this.#outOfLine = 0;
    }
    const losses = this.#losses;
    const usual = median(losses);
    if (losses.length >= FEWEST && loss > OUT_OF_LINE * usual) {
      this.#outOfLine++;
      if (this.#outOfLine >= DIVERGED)
        throw new DivergenceError(
          `step ${step}: training diverged: the loss was about ${show(usual)}, has been above ` +
            `${show(OUT_OF_LINE * usual)} for ${DIVERGED} steps, and is now ${show(loss)}`,
        );
      return;
    }
    this.#outOfLine = 0;
    losses.push(loss);
    if (losses.length > REMEMBERED) losses.shift();
  }
}

/** The error for a value that is not finite. */
export function notFinite(step: number, what: string, value: number): DivergenceError {
  return new DivergenceError(
    `step ${step}: the ${what} is ${value}; the parameters are still those of step ${step - 1}`,
  );
}

function show(loss: number): string {
  return loss.toPrecision(3);
}
