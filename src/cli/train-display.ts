/** Shows training progress in the terminal. */

import type { FigureName } from '../train/learn/metrics/figures';
import { showFigure } from '../train/learn/metrics/figures';
import type { TrainEvent, Trainer } from '../train/learn/trainer';
import { duration } from '../train/run/times';
import { ProgressBar } from './progress-bar';

/** Weight of a new step in the running mean of the displayed loss. */
const SMOOTHING = 0.05;

export class TrainDisplay {
  readonly #trainer: Trainer;
  readonly #figure: FigureName;
  readonly #bar: ProgressBar;
  readonly #first: number;
  readonly #started = performance.now();
  #loss: number | null = null;
  #left = '';

  /** @param figure the figure that selects the best checkpoint */
  constructor(trainer: Trainer, steps: number, figure: FigureName) {
    this.#trainer = trainer;
    this.#figure = figure;
    this.#first = trainer.step;
    this.#bar = new ProgressBar('training', steps);
  }

  show(event: TrainEvent): void {
    if (event.type === 'step') {
      this.#loss = this.#loss === null ? event.loss : this.#loss + SMOOTHING * (event.loss - this.#loss);
      const secondsPerStep = (performance.now() - this.#started) / 1000 / (event.step - this.#first);
      this.#left = `${duration((event.steps - event.step) * secondsPerStep)} left`;
    } else if (event.type !== 'validation') return;
    this.#bar.update(event.step, this.#note(event.step), event.type === 'validation');
  }

  /** Prints a separate line. */
  say(line: string): void {
    this.#bar.say(line);
  }

  stop(): void {
    this.#bar.stop();
  }

  /** Most important values first: narrow terminals cut off the rest. */
  #note(step: number): string {
    const { latest, best } = this.#trainer.progress;
    const figure = this.#figure;
    const parts = [this.#left];
    if (this.#loss !== null) parts.push(`loss ${this.#loss.toFixed(3)}`);
    if (latest) parts.push(`held-out ${showFigure(figure, latest[figure])}`);
    if (best) parts.push(`best ${showFigure(figure, best[figure])}`);
    return [...parts, `step ${step}`].filter((part) => part !== '').join(', ');
  }
}
