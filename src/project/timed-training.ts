/** Trains a project for a given time: plans the number of steps, reports progress and saves. */

import { writeModel } from '../model/file';
import type { Model } from '../model/model';
import type { ThreadOptions } from '../platform/threads/thread';
import { about, type TrainConfig } from '../train/config';
import type { Dataset } from '../train/data/dataset';
import { type EndReason, Trainer } from '../train/learn/trainer';
import { type CheckpointEvent, type JournalStore, RunJournal } from '../train/run/journal';
import { type LossCurves, LossRecorder } from './loss-curves';

/** Longest time in seconds between checkpoints. Closing the tab loses at most this much training. */
const SAVE_SECONDS = 10;
/** Approximate seconds between validations. */
const VALIDATE_SECONDS = 15;
/** The first steps measure the speed: WARM_UP steps are ignored, then TIMED steps count. */
const WARM_UP = 3;
const TIMED = 9;
/** Total number of steps until the speed is known. It is so large that the learning rate stays at its initial value. */
const PLENTY = 1_000_000;
/**
 * After this many seconds the plan is checked. It is revised if it is off by more than a share of the remaining time.
 */
const PLAN_SECONDS = 30;
const PLAN_TOLERANCE = 0.2;
/** Weight of a new step in the mean duration of a step. */
const SMOOTHING = 0.03;

export interface TimedTrainingOptions extends ThreadOptions {
  readonly dataset: Dataset;
  /** its `trainer.steps` is set by `plan` */
  readonly config: TrainConfig;
  readonly plan: Plan;
  readonly workers?: number;
  /** stores the files of the run */
  readonly store: JournalStore;
  /** the checkpoint in the store to resume from, and its step */
  readonly resumed?: { readonly checkpoint: Uint8Array; readonly step: number };
  /** weights to start from when there is no checkpoint */
  readonly pretrained?: Model;
  readonly onState: (state: TrainingState) => void;
  /** Called after each checkpoint in the store, one call at a time. Training waits for it. */
  readonly save: (step: number, plan: Plan) => Promise<void>;
}

/** The length of the training. The learning rate depends on the total number of steps, so it must be known. */
export interface Plan {
  /** total; 0: not known yet */
  readonly steps: number;
  /** training time left, which determines the number of steps; null: the number of steps is fixed */
  readonly seconds: number | null;
}

export interface TrainingState {
  readonly step: number;
  /** total; 0 until the speed of the machine is known */
  readonly steps: number;
  /** running mean over the training steps; null before the first step */
  readonly loss: number | null;
  /** null until the speed of the machine is known */
  readonly secondsLeft: number | null;
  /** last saved step; training resumes here after the tab was closed */
  readonly savedStep: number;
  readonly curves: LossCurves;
}

export class TimedTraining {
  readonly #options: TimedTrainingOptions;
  readonly #journal: RunJournal;
  readonly #recorder: LossRecorder;
  #trainer: Trainer | null = null;
  #steps: number;
  #seconds: number | null;
  /** mean seconds per step; 0: unknown */
  #pace = 0;
  #loss: number | null = null;
  #savedStep = 0;
  #savedAt = 0;

  private constructor(options: TimedTrainingOptions, journal: RunJournal, recorder: LossRecorder) {
    this.#options = options;
    this.#steps = options.plan.steps;
    this.#seconds = options.plan.seconds;
    this.#journal = journal;
    this.#recorder = recorder;
  }

  static async open(options: TimedTrainingOptions): Promise<TimedTraining> {
    const { journal, past } = await RunJournal.open({
      store: options.store,
      resumedAt: options.resumed?.step ?? -1,
      // `RunFiles` only collects and never fails; `save` can fail
      onWarning: console.warn,
    });
    return new TimedTraining(options, journal, new LossRecorder(past));
  }

  /** Trains to the end or until the signal aborts, then saves. @returns whether it reached the end */
  async train(signal: AbortSignal): Promise<boolean> {
    let checkpoint = this.#options.resumed?.checkpoint;
    let reason: EndReason | null = null;
    // restarts from the current state whenever the number of steps changes
    while (!reason) {
      const trainer = await this.#start(checkpoint);
      try {
        reason = await this.#follow(trainer, signal);
        checkpoint = trainer.checkpoint();
      } finally {
        await trainer.close();
      }
    }
    return reason !== 'aborted';
  }

  /** Number of steps done. */
  get step(): number {
    return this.#trainer?.step ?? 0;
  }

  /** The current model as a file; undefined before training has started. */
  model(): Uint8Array<ArrayBuffer> | undefined {
    return this.#trainer ? this.#modelOf(this.#trainer) : undefined;
  }

  async #start(checkpoint: Uint8Array | undefined): Promise<Trainer> {
    const { dataset, config, workers, workerUrl, pretrained } = this.#options;
    const schedule = {
      ...config.trainer,
      steps: this.#steps || PLENTY,
      validateEvery: Math.max(10, Math.round(VALIDATE_SECONDS / (this.#pace || 0.3))),
      checkpointEvery: PLENTY,
    };
    const trainer = await Trainer.create({
      ...{ dataset, workers, workerUrl, checkpoint, pretrained },
      config: { ...config, trainer: schedule },
    });
    this.#savedStep = trainer.step;
    this.#savedAt = performance.now();
    this.#trainer = trainer;
    this.#report(trainer);
    return trainer;
  }

  /** @returns why training ended; null: the number of steps changed */
  async #follow(trainer: Trainer, signal: AbortSignal): Promise<EndReason | null> {
    const durations: number[] = [];
    let last = performance.now();
    for await (const event of trainer.run({ signal })) {
      if (event.type === 'validation') {
        this.#journal.addValidation(event);
        this.#recorder.addValidation(event.step, event.loss, event.logSpectralDistance);
      } else if (event.type === 'checkpoint') {
        // an untrained model is not the best one
        if (event.best && event.step > 0) await this.#save(trainer, event);
      } else if (event.type === 'end') {
        await this.#save(trainer);
        return event.reason;
      } else {
        const now = performance.now();
        durations.push((now - last) / 1000);
        last = now;
        this.#count(durations[durations.length - 1]);
        this.#journal.addStep(event);
        this.#loss = this.#recorder.addStep(event.step, event.loss);
        if (this.#plan(event.step, durations)) {
          await this.#save(trainer);
          return null;
        }
        if (now - this.#savedAt > SAVE_SECONDS * 1000) await this.#save(trainer);
      }
      this.#report(trainer);
    }
    return 'aborted';
  }

  #count(seconds: number): void {
    this.#pace = this.#pace === 0 ? seconds : this.#pace + SMOOTHING * (seconds - this.#pace);
    if (this.#seconds !== null) this.#seconds = Math.max(0, this.#seconds - seconds);
  }

  /**
   * Fits the number of steps to the time left, if the number is unknown or off.
   * @param durations of the steps since the last plan, in seconds; emptied when the plan was checked
   * @returns whether the number of steps changed
   */
  #plan(step: number, durations: number[]): boolean {
    if (this.#seconds === null) return false;
    if (this.#steps === 0) {
      if (durations.length < WARM_UP + TIMED) return false;
      const timed = durations.slice(WARM_UP).sort((a, b) => a - b);
      this.#pace = timed[timed.length >> 1];
    } else {
      const elapsed = durations.reduce((sum, seconds) => sum + seconds, 0);
      if (elapsed < PLAN_SECONDS || this.#seconds < PLAN_SECONDS) return false;
      const mean = elapsed / durations.length;
      durations.length = 0;
      const off = (this.#steps - step) * mean - this.#seconds;
      if (Math.abs(off) < PLAN_TOLERANCE * this.#seconds) return false;
      this.#pace = mean;
    }
    this.#steps = step + Math.max(1, Math.round(this.#seconds / this.#pace));
    return true;
  }

  async #save(trainer: Trainer, event?: CheckpointEvent): Promise<void> {
    const { step } = trainer;
    const checkpoint = event ?? { type: 'checkpoint', step, bytes: trainer.checkpoint(), best: false };
    await this.#journal.addCheckpoint(checkpoint, () => this.#modelOf(trainer));
    await this.#options.save(step, { steps: this.#steps, seconds: this.#seconds });
    this.#savedStep = trainer.step;
    this.#savedAt = performance.now();
    this.#report(trainer);
  }

  #report({ step }: Trainer): void {
    this.#options.onState({
      step,
      steps: this.#steps,
      loss: this.#loss,
      secondsLeft: this.#steps > 0 && this.#pace > 0 ? (this.#steps - step) * this.#pace : null,
      savedStep: this.#savedStep,
      curves: this.#recorder.curves,
    });
  }

  #modelOf(trainer: Trainer): Uint8Array<ArrayBuffer> {
    return writeModel(trainer.model(about(this.#options.config)));
  }
}
