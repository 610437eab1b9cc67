/** How a training goes: what was best, how long nothing better came, whether the loss runs away. */

import type { TrainerConfig } from '../config';
import { DivergenceError } from '../errors';
import type { Figures } from './metrics/figures';

/** The held-out figures after a step. */
export type Validation = { readonly step: number } & Figures;

/** Plain data: a checkpoint keeps it, so that a resumed run chooses as the uninterrupted one would. */
export interface ProgressState {
  readonly latest: Validation | null;
  readonly best: Validation | null;
  /** validations since the best one */
  readonly waited: number;
  /** of the latest steps that were not out of line, oldest first */
  readonly losses: readonly number[];
  /** what these losses are made of: those of another loss tell nothing */
  readonly lossKind: string;
}

export const NO_PROGRESS: ProgressState = { latest: null, best: null, waited: 0, losses: [], lossKind: '' };

/** Losses whose median counts as usual. */
const REMEMBERED = 100;
/** Before as many losses are known nothing counts as unusual. */
const FEWEST = 20;
/** Times the median above which a loss is out of line. */
const OUT_OF_LINE = 5;
/** Losses out of line, one after the other, before which a checkpoint is still good. */
const SUSPICIOUS = 10;
/** ... and after which training has diverged. */
const DIVERGED = 100;

export class TrainingProgress {
  readonly #config: Pick<TrainerConfig, 'best' | 'patience'>;
  #latest: Validation | null;
  #best: Validation | null;
  #waited: number;
  #losses: number[];
  #lossKind: string;
  #outOfLine = 0;

  constructor(config: Pick<TrainerConfig, 'best' | 'patience'>, state: ProgressState = NO_PROGRESS) {
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

  /** Nothing better came for as many validations as the configuration waits for. */
  get exhausted(): boolean {
    const { patience } = this.#config;
    return patience > 0 && this.#waited >= patience;
  }

  /** The loss has been out of line for a while: the parameters may not be worth keeping. */
  get suspicious(): boolean {
    return this.#outOfLine >= SUSPICIOUS;
  }

  /** @returns whether it is the best so far */
  validated(validation: Validation): boolean {
    const { best } = this.#config;
    this.#latest = validation;
    const [value, least] = [validation[best], this.#best?.[best]];
    // what is not finite is never the best (JSON has made null of it)
    const better = Number.isFinite(value) && !(Number.isFinite(least) && value >= least!);
    this.#waited = better ? 0 : this.#waited + 1;
    if (better) this.#best = validation;
    return better;
  }

  /**
   * @param step the one the loss belongs to
   * @param lossKind what the loss is made of, in any words: it is compared with others of its kind only
   * @throws DivergenceError when it is not finite, or too large for too long
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
          `step ${step}: training diverges: the loss was about ${show(usual)}, has been above ` +
            `${show(OUT_OF_LINE * usual)} for ${DIVERGED} steps, and is ${show(loss)} now`,
        );
      return;
    }
    this.#outOfLine = 0;
    losses.push(loss);
    if (losses.length > REMEMBERED) losses.shift();
  }
}

/** What stops a run before it takes a step along such a number. */
export function notFinite(step: number, what: string, value: number): DivergenceError {
  return new DivergenceError(
    `step ${step}: the ${what} is ${value}; the parameters are still those of step ${step - 1}`,
  );
}

function show(loss: number): string {
  return loss.toPrecision(3);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
