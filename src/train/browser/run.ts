/** One run of the trainer for a project: it finds out how many steps fit into the time, reports and saves. */

import { writeModel } from '../../model/file';
import type { About } from '../../model/model';
import type { TrainConfig } from '../config';
import type { Dataset } from '../dataset/dataset';
import type { ThreadOptions } from '../threads/thread';
import { Trainer } from '../trainer';
import { type LossCurves, LossRecorder } from './loss-curves';

/** Between checkpoints: what a closed tab loses at most. */
const SAVE_SECONDS = 10;
/** Between validations, about. */
const VALIDATE_SECONDS = 15;
/** The first steps, which show how many fit into a run's minutes: some to warm up, then those that count. */
const WARM_UP = 3;
const TIMED = 9;
/** Steps in all until that is known: so many that the learning rate stays at its start. */
const PLENTY = 1_000_000;
/** Share of a new step in the mean time of a step. */
const SMOOTHING = 0.05;

export interface RunOptions extends ThreadOptions {
  readonly dataset: Dataset;
  readonly config: TrainConfig;
  readonly about: About;
  /** to train, from here on, where `steps` is 0 */
  readonly minutes: number;
  /** in all; 0: as many as fit into `minutes` */
  readonly steps: number;
  readonly workers?: number;
  /** to go on from */
  readonly checkpoint?: Uint8Array;
  readonly curves?: LossCurves;
  readonly onState: (state: TrainingState) => void;
  /** Called one at a time; training waits for it. */
  readonly save: (progress: SavedProgress) => Promise<void>;
}

export interface TrainingState {
  readonly step: number;
  /** 0 until the speed of the machine is known */
  readonly steps: number;
  /** running mean over the training steps; null before the first */
  readonly loss: number | null;
  /** null until the speed of the machine is known */
  readonly secondsLeft: number | null;
  /** kept last: where a tab that is closed now goes on */
  readonly savedStep: number;
  readonly curves: LossCurves;
}

export interface SavedProgress {
  readonly step: number;
  readonly steps: number;
  readonly checkpoint: Uint8Array;
  /** a model file */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly curves: LossCurves;
}

export class Run {
  readonly #options: RunOptions;
  readonly #recorder: LossRecorder;
  #trainer: Trainer | null = null;
  #steps: number;
  #secondsPerStep = 0;
  #loss: number | null = null;
  #savedStep = 0;
  #savedAt = performance.now();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#steps = options.steps;
    this.#recorder = new LossRecorder(options.curves);
  }

  /** Trains to the end or until the signal aborts; saves then. @returns whether the last step is done */
  async train(signal: AbortSignal): Promise<boolean> {
    let { checkpoint } = this.#options;
    if (this.#steps === 0) {
      checkpoint = await this.#follow(await this.#start(PLENTY, checkpoint), signal, WARM_UP + TIMED);
      if (signal.aborted) return false;
    }
    const trainer = await this.#start(this.#steps, checkpoint);
    await this.#follow(trainer, signal, Number.POSITIVE_INFINITY);
    return trainer.step >= this.#steps;
  }

  /** The model as it is now, as a file; undefined before training has started. */
  model(): Uint8Array<ArrayBuffer> | undefined {
    return this.#trainer ? writeModel(this.#trainer.model(this.#options.about)) : undefined;
  }

  async #start(steps: number, checkpoint: Uint8Array | undefined): Promise<Trainer> {
    const { dataset, config, workers, workerUrl } = this.#options;
    const validateEvery = Math.max(10, Math.round(VALIDATE_SECONDS / (this.#secondsPerStep || 0.3)));
    const schedule = { ...config.trainer, steps, validateEvery, checkpointEvery: PLENTY };
    const trainer = await Trainer.create({
      dataset,
      config: { ...config, trainer: schedule },
      workers,
      workerUrl,
      checkpoint,
    });
    this.#savedStep = trainer.step;
    this.#trainer = trainer;
    return trainer;
  }

  /**
   * Goes `most` steps at most.
   * @returns a checkpoint of where it stopped
   */
  async #follow(trainer: Trainer, signal: AbortSignal, most: number): Promise<Uint8Array> {
    const durations: number[] = [];
    let last = performance.now();
    try {
      for await (const event of trainer.run({ signal })) {
        if (event.type === 'validation') {
          this.#recorder.addValidation(event.step, event.loss, event.logSpectralDistance);
        } else if (event.type === 'step') {
          const now = performance.now();
          const seconds = (now - last) / 1000;
          last = now;
          durations.push(seconds);
          this.#secondsPerStep += SMOOTHING * (seconds - this.#secondsPerStep);
          this.#loss = this.#recorder.addStep(event.step, event.loss);
          if (now - this.#savedAt > SAVE_SECONDS * 1000 && durations.length < most) await this.#save(trainer);
          if (durations.length === most) break;
        }
        this.#report(trainer);
      }
      if (durations.length === most) this.#plan(trainer.step, durations.slice(WARM_UP));
      await this.#save(trainer);
      return trainer.checkpoint();
    } finally {
      await trainer.close();
    }
  }

  #plan(step: number, durations: readonly number[]): void {
    this.#secondsPerStep = [...durations].sort((a, b) => a - b)[durations.length >> 1];
    this.#steps = step + Math.max(1, Math.round((this.#options.minutes * 60) / this.#secondsPerStep));
  }

  async #save(trainer: Trainer): Promise<void> {
    await this.#options.save({
      step: trainer.step,
      steps: this.#steps,
      checkpoint: trainer.checkpoint(),
      model: writeModel(trainer.model(this.#options.about)),
      curves: this.#recorder.curves,
    });
    this.#savedStep = trainer.step;
    this.#savedAt = performance.now();
    this.#report(trainer);
  }

  #report({ step }: Trainer): void {
    const known = this.#steps > 0;
    this.#options.onState({
      step,
      steps: this.#steps,
      loss: this.#loss,
      secondsLeft: known ? (this.#steps - step) * this.#secondsPerStep : null,
      savedStep: this.#savedStep,
      curves: this.#recorder.curves,
    });
  }
}
