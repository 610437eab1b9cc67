/**
 * The files that every training run keeps, in Node and in pages: the figures of its steps, its checkpoints and its best
 * model.
 *
 * The files are consistent whenever the process dies. Figures are written before the checkpoint of their step. The best
 * checkpoint is written before the last one. Every file except the log is replaced as a whole. A resumed run truncates
 * the log to the step of its checkpoint.
 */

import type { TrainEvent } from '../learn/trainer';
import type { Validation } from '../learn/training-progress';
import { BufferedLog } from './buffered-log';
import { type MetricsLine, readLines, type StepLine, writeLine } from './metrics-log';
import { FileError, LostRunError, RUN_FILES, type RunStore } from './store';

/** The part of a store that a journal uses. */
export type JournalStore = Pick<RunStore, 'read' | 'write' | 'append'>;

export interface JournalOptions {
  readonly store: JournalStore;
  /** step of the checkpoint in this store that the run resumes from; -1: a new run */
  readonly resumedAt: number;
  /** called when something failed but training continues */
  readonly onWarning: (message: string) => void;
}

export type StepEvent = Extract<TrainEvent, { type: 'step' }>;
export type ValidationEvent = Extract<TrainEvent, { type: 'validation' }>;
export type CheckpointEvent = Extract<TrainEvent, { type: 'checkpoint' }>;

/** The figures of a run so far, in order. */
export interface RunFigures {
  readonly steps: StepLine[];
  readonly validations: Validation[];
}

export class RunJournal {
  readonly #options: JournalOptions;
  readonly #metrics: BufferedLog;
  #saved: number;

  private constructor(options: JournalOptions) {
    const { store, resumedAt, onWarning } = options;
    this.#options = options;
    this.#metrics = new BufferedLog(store, RUN_FILES.metrics, onWarning);
    this.#saved = resumedAt;
  }

  /**
   * Truncates the log.
   * @returns the journal, and the figures up to the resumed step
   * @throws FileError when the store cannot be written
   */
  static async open(options: JournalOptions): Promise<{ journal: RunJournal; past: RunFigures }> {
    const { store, resumedAt } = options;
    const text = await readLog(store);
    const lines = readLines(text, resumedAt);
    const kept = lines.map(writeLine).join('');
    if (kept !== text) await store.write(RUN_FILES.metrics, kept);
    return { journal: new RunJournal(options), past: figuresOf(lines) };
  }

  /** Step of the last saved checkpoint; -1 before the first. */
  get savedStep(): number {
    return this.#saved;
  }

  /** @returns the line of the log */
  addStep({ type, step, loss, learningRate, gradientNorm, secondsPerExample }: StepEvent): StepLine {
    const line = { type, step, time: now(), loss, learningRate, gradientNorm, secondsPerExample };
    this.#metrics.add(writeLine(line));
    return line;
  }

  addValidation({ type, ...validation }: ValidationEvent): void {
    this.#metrics.add(writeLine({ type, time: now(), ...validation }));
  }

  /** Writes the figures that were added. An error is a warning, and writing is retried later. */
  flush(): Promise<void> {
    return this.#metrics.flush();
  }

  /**
   * Saves a checkpoint. If it is the best one, it is saved with its model.
   * @param model returns the model file of this step
   * @throws FileError when the checkpoint cannot be written (the previous one still exists)
   */
  async addCheckpoint({ step, bytes, best }: CheckpointEvent, model: () => Uint8Array): Promise<void> {
    const { store, onWarning } = this.#options;
    await this.flush();
    if (best) {
      await store.write(RUN_FILES.best, bytes);
      await attempt(onWarning, () => store.write(RUN_FILES.model, model()));
    }
    await store.write(RUN_FILES.last, bytes);
    this.#saved = step;
  }
}

/** Reads the figures of the run from a store. */
export async function readFigures(store: JournalStore): Promise<RunFigures> {
  return figuresOf(readLines(await readLog(store)));
}

/** Runs optional work. Its failure must not stop training. */
export async function attempt(
  onWarning: (message: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FileError) || error instanceof LostRunError) throw error;
    onWarning(`${error.message}; training continues`);
  }
}

async function readLog(store: JournalStore): Promise<string> {
  return new TextDecoder().decode((await store.read(RUN_FILES.metrics)) ?? new Uint8Array());
}

function figuresOf(lines: readonly MetricsLine[]): RunFigures {
  return {
    steps: lines.filter((line) => line.type === 'step'),
    validations: lines.filter((line) => line.type === 'validation').map(toValidation),
  };
}

function toValidation({ type: _type, time: _time, ...validation }: MetricsLine): Validation {
  return validation as unknown as Validation;
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}
