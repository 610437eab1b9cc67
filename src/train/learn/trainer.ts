/**
 * The training loop: sends batches to workers, sums gradients, applies Adam, validates and writes checkpoints.
 *
 * Everything random (initial weights, order of the slices, noise) depends only on the seed and the step. So a
 * checkpoint needs only parameters, Adam's moments and the step, and a resumed run with the same number of
 * workers repeats the uninterrupted run bit for bit.
 */

import { parallelism } from '#threads';
import { trainModule } from '../../dsp/train-module';
import type { About, Model } from '../../model/model';
import type { ThreadOptions } from '../../platform/threads/thread';
import type { Pace } from '../../synth/trainable';
import { modelConfig, type TrainConfig } from '../config';
import type { BatchRequest } from '../data/batch-reader';
import type { Dataset } from '../data/dataset';
import { furtherInputs } from '../data/inputs';
import { type ShiftRange, shiftRanges } from '../data/shifts';
import type { SliceRef } from '../data/split';
import { TrainingError } from '../errors';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint';
import { weightAt } from './loss/terms';
import { scaleFigures } from './metrics/figures';
import { yardsticksOf } from './metrics/yardstick-meter';
import { Adam } from './optimizer';
import {
  finishedTensors,
  initialParameters,
  type ParameterLayout,
  parameterLayout,
  parameterPaces,
} from './parameters';
import { pretrainedParameters } from './pretrained';
import { mixSeeds, permutation, uniform } from './random';
import { notFinite, type ProgressState, TrainingProgress, type Validation } from './training-progress';
import { WorkerPool } from './worker-pool';

export interface TrainerOptions extends ThreadOptions {
  readonly dataset: Dataset;
  readonly config: TrainConfig;
  /** worker threads; default: one per core (in a page one fewer), at most one per two examples of a batch */
  readonly workers?: number;
  /** bytes of a checkpoint to resume from */
  readonly checkpoint?: Uint8Array;
  /** initial weights when there is no checkpoint; see `readPretrained` */
  readonly pretrained?: Model;
}

export type TrainEvent =
  | {
      readonly type: 'step';
      /** steps done so far */
      readonly step: number;
      readonly steps: number;
      /** mean over the batch */
      readonly loss: number;
      readonly learningRate: number;
      /** of the whole gradient (L2), before clipping */
      readonly gradientNorm: number;
      readonly secondsPerExample: number;
    }
  /** figures: means over the held-out slices */
  | ({ readonly type: 'validation' } & Validation)
  | {
      readonly type: 'checkpoint';
      readonly step: number;
      readonly bytes: Uint8Array;
      /** the validation of this step is the best so far */
      readonly best: boolean;
    }
  | { readonly type: 'end'; readonly step: number; readonly reason: EndReason };

/** All steps are done, there was no improvement in `trainer.patience` validations, or the signal aborted. */
export type EndReason = 'steps' | 'patience' | 'aborted';

/** Takes the place of the step in the noise seeds of held-out slices, so that their noise is always the same. */
const HELD_OUT = 0xffffffff;

export class Trainer {
  readonly #config: TrainConfig;
  readonly #dataset: Dataset;
  readonly #layout: ParameterLayout;
  readonly #paces: readonly Pace[];
  readonly #training: readonly SliceRef[];
  /** of each training slice */
  readonly #shifts: readonly ShiftRange[];
  readonly #validation: readonly SliceRef[];
  readonly #pool: WorkerPool;
  readonly #adam: Adam;
  readonly #progress: TrainingProgress;
  #step: number;

  private constructor(
    options: TrainerOptions,
    pool: WorkerPool,
    adam: Adam,
    progress: TrainingProgress,
    step: number,
  ) {
    this.#config = options.config;
    this.#dataset = options.dataset;
    const model = modelConfig(options.config);
    this.#layout = parameterLayout(model);
    this.#paces = parameterPaces(model, this.#layout);
    const { data, trainer } = options.config;
    const { training, validation } = options.dataset.split(data.validationFraction, trainer.seed);
    this.#training = training;
    this.#shifts = shiftRanges(training, options.dataset.framesPerSlice, options.dataset.hop);
    this.#validation = validation;
    this.#pool = pool;
    this.#adam = adam;
    this.#progress = progress;
    this.#step = step;
  }

  /**
   * Starts the workers.
   * @throws CheckpointError if the checkpoint is damaged, or does not fit configuration or dataset;
   *   TrainingError if the pretrained model does not fit, the dataset has nothing to train on, or the workers
   *   cannot start
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { config, dataset } = options;
    const model = modelConfig(config);
    const layout = parameterLayout(model);
    const resumed: Checkpoint | undefined =
      options.checkpoint && readCheckpoint(options.checkpoint, config, layout, dataset.fingerprint);
    if (dataset.slices.length === 0) throw new TrainingError('the dataset has no slices to train on');
    const lacking = furtherInputs(config.model.decoder.inputs).find(
      (name) => !dataset.index.inputs?.includes(name),
    );
    if (lacking !== undefined) {
      throw new TrainingError(
        `the dataset was made without the decoder input ${lacking}: make it with datasetOptions(config)`,
      );
    }
    const module = await trainModule();
    const adam = new Adam(module, layout.size);
    if (resumed) adam.restore(resumed);
    else if (options.pretrained) adam.parameters.set(pretrainedParameters(options.pretrained, model, layout));
    else adam.parameters.set(initialParameters(model, uniform(mixSeeds(config.trainer.seed, 1))));
    const wanted = options.workers ?? parallelism();
    const count = Math.max(1, Math.min(wanted, Math.ceil(config.trainer.batchSize / 2)));
    const pool = await WorkerPool.create(
      count,
      module,
      {
        model,
        loss: config.loss,
        batch: Math.ceil(config.trainer.batchSize / count),
        frames: dataset.framesPerSlice,
      },
      dataset,
      layout.size,
      options,
    );
    const progress = new TrainingProgress(config.trainer, resumed?.progress);
    return new Trainer(options, pool, adam, progress, resumed?.step ?? 0);
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /** The latest and the best held-out figures, and the number of validations since the best. */
  get progress(): ProgressState {
    return this.#progress.state;
  }

  /**
   * Trains until `config.trainer.steps`, until there is no improvement (`trainer.patience`), or until the
   * signal aborts; the current step is always finished. A new run starts with a validation. A validation with
   * the best figure so far is followed by a checkpoint, and so is the last step. The last event is `end`.
   * @throws DivergenceError when loss or gradient are not finite, or the loss diverges; TrainingError when a
   * worker is lost. `checkpoint` still returns the state after the last step.
   */
  async *run({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<TrainEvent, void, void> {
    const { steps, validateEvery, checkpointEvery } = this.#config.trainer;
    let saved = -1;
    if (!this.#progress.state.latest) {
      const { event, best } = await this.#validate();
      yield event;
      if (best) yield this.#checkpointEvent(best);
      if (best) saved = this.#step;
    }
    while (this.#step < steps && !signal?.aborted && !this.#progress.exhausted) {
      yield await this.#advance();
      let best = false;
      if (this.#step % validateEvery === 0 || this.#step === steps) {
        const validation = await this.#validate();
        yield validation.event;
        best = validation.best;
      }
      const due = this.#step % checkpointEvery === 0 && !this.#progress.suspicious;
      if (due || best) {
        saved = this.#step;
        yield this.#checkpointEvent(best);
      }
    }
    if (saved !== this.#step) yield this.#checkpointEvent(false);
    yield { type: 'end', step: this.#step, reason: this.#reason(steps) };
  }

  #reason(steps: number): EndReason {
    if (this.#step >= steps) return 'steps';
    return this.#progress.exhausted ? 'patience' : 'aborted';
  }

  /** The state as checkpoint bytes, for `create`. */
  checkpoint(): Uint8Array {
    const { parameters, firstMoments, secondMoments } = this.#adam;
    const { fingerprint, statistics, articulation } = this.#dataset;
    return writeCheckpoint(
      {
        step: this.#step,
        parameters,
        firstMoments,
        secondMoments,
        progress: this.#progress.state,
        data: { fingerprint, statistics, articulation },
      },
      this.#layout,
      this.#config,
    );
  }

  /** The current model. */
  model(about: About): Model {
    const config = modelConfig(this.#config);
    return {
      ...config,
      statistics: this.#dataset.statistics,
      articulation: this.#dataset.articulation,
      about,
      tensors: finishedTensors(config, this.#layout, this.#adam.parameters),
    };
  }

  /** The held-out slices. */
  get validationSlices(): readonly SliceRef[] {
    return this.#validation;
  }

  /** Ends the workers. The trainer cannot be used afterwards. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #advance(): Promise<TrainEvent> {
    const started = performance.now();
    const { steps } = this.#config.trainer;
    const step = this.#step;
    const examples = this.#examples;
    const { loss, gradients } = await this.#pool.step(
      this.#adam.parameters,
      this.#batches(step),
      1 / examples,
      step + 1 < steps ? this.#batches(step + 1) : [],
    );
    const mean = loss / examples;
    this.#progress.stepped(step + 1, mean, this.#lossKind(step));
    const learningRate = this.#learningRate(step);
    const gradientNorm = this.#adam.step(
      gradients,
      this.#paces.map(({ end, share, decay = 0 }) => ({
        end,
        learningRate: learningRate * share,
        shrink: learningRate * decay,
      })),
      this.#config.optimizer.clipNorm,
    );
    if (!Number.isFinite(gradientNorm)) throw notFinite(step + 1, "gradient's length", gradientNorm);
    this.#step = step + 1;
    const secondsPerExample = (performance.now() - started) / 1000 / examples;
    return {
      type: 'step',
      step: this.#step,
      steps,
      loss: mean,
      learningRate,
      gradientNorm,
      secondsPerExample,
    };
  }

  async #validate(): Promise<{ event: TrainEvent; best: boolean }> {
    const slices = this.#validation.length > 0 ? this.#validation : this.#training.slice(0, 16);
    const size = Math.ceil(this.#config.trainer.batchSize / this.#pool.size);
    const batches: BatchRequest[] = [];
    for (let i = 0; i < slices.length; i += size) {
      batches.push(this.#batch(slices.slice(i, i + size), HELD_OUT, i));
    }
    const sums = await this.#pool.evaluate(this.#adam.parameters.slice(), batches);
    const validation = {
      step: this.#step,
      ...scaleFigures(sums.figures, 1 / slices.length),
      yardsticks: yardsticksOf(sums.yardsticks, this.#config.model.sampleRate),
    };
    const best = this.#progress.validated(validation);
    return { event: { type: 'validation', ...validation }, best };
  }

  #checkpointEvent(best: boolean): TrainEvent {
    return { type: 'checkpoint', step: this.#step, bytes: this.checkpoint(), best };
  }

  /** of a step */
  get #examples(): number {
    return Math.min(this.#config.trainer.batchSize, this.#training.length);
  }

  /** The batches of a step, one per worker. */
  #batches(step: number): BatchRequest[] {
    const { seed } = this.#config.trainer;
    let first = 0;
    return share(this.#choose(step), this.#pool.size).map((part) => {
      const slices = part.map((at) => this.#training[at]);
      const batch = this.#batch(slices, step, first);
      const shifts = Int32Array.from(part, (at, i) => {
        const { earliest, latest } = this.#shifts[at];
        const random = uniform(mixSeeds(seed, 4, step, first + i));
        return earliest + Math.floor(random() * (latest - earliest + 1));
      });
      first += part.length;
      return { ...batch, shifts, gains: this.#quieten(batch.seeds) };
    });
  }

  /**
   * The slices of a step, as indices into the training slices. Each epoch uses every slice once, in a new
   * order.
   */
  #choose(step: number): number[] {
    const count = this.#training.length;
    return Array.from({ length: this.#examples }, (_, i) => {
      const at = step * this.#examples + i;
      const epoch = Math.floor(at / count);
      return this.#order(epoch, this.#config.trainer.seed)[at % count];
    });
  }

  #epoch = -1;
  #permutation: Int32Array = new Int32Array();

  #order(epoch: number, seed: number): Int32Array {
    if (epoch !== this.#epoch) {
      this.#permutation = permutation(this.#training.length, mixSeeds(seed, 2, epoch));
      this.#epoch = epoch;
    }
    return this.#permutation;
  }

  /**
   * @param step selects the noise, together with the position of each slice in the step
   * @param first the position of the first slice
   */
  #batch(slices: readonly SliceRef[], step: number, first: number): BatchRequest {
    return {
      slices: Uint32Array.from(slices, ({ index }) => index),
      step: this.#step,
      seeds: Uint32Array.from(slices, (_, i) => mixSeeds(this.#config.trainer.seed, 3, step, first + i)),
      shifts: new Int32Array(slices.length),
      gains: new Float64Array(slices.length),
    };
  }

  /** Makes some examples quieter: see `DataConfig.quietShare`. */
  #quieten(seeds: Uint32Array): Float64Array {
    const { quietShare, quietest } = this.#config.data;
    return Float64Array.from(seeds, (seed) => {
      const random = uniform(seed);
      return random() < quietShare ? quietest * random() : 0;
    });
  }

  /** Identifies the loss, because weights may change between steps and a resumed run may have another loss. */
  #lossKind(step: number): string {
    const { terms, ...rest } = this.#config.loss;
    const weighed = terms.map((term) => ({ ...term, weight: weightAt(term.weight, step) }));
    return JSON.stringify({ ...rest, terms: weighed });
  }

  #learningRate(step: number): number {
    const { learningRate, schedule } = this.#config.optimizer;
    if (schedule.kind === 'constant') return learningRate;
    const { finalShare } = schedule;
    const done = step / Math.max(1, this.#config.trainer.steps);
    return learningRate * (finalShare + ((1 - finalShare) * (1 + Math.cos(Math.PI * done))) / 2);
  }
}

/** Splits `items` into `parts` parts whose lengths differ by at most one. */
function share<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, i) =>
    items.slice(Math.floor((i * items.length) / parts), Math.floor(((i + 1) * items.length) / parts)),
  );
}
