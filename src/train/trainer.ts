/**
 * Training: batches to workers, gradients summed, Adam, validation, checkpoints.
 *
 * Everything random (initial weights, order of the slices, noise) is a function of the seed and the
 * step, so a checkpoint holds only parameters, Adam's moments and the step, and a resumed run with as
 * many workers repeats the uninterrupted one bit for bit.
 */

import { parallelism } from '#threads';
import { LOUDNESS_FLOOR } from '../engine/analysis/analyser';
import type { Pace } from '../engine/synth/trainable';
import type { About, Model } from '../model/model';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint';
import { modelConfig, type TrainConfig } from './config';
import type { Dataset, Slice } from './dataset/dataset';
import { TrainingError } from './errors';
import type { Batch } from './learner';
import { type Figures, scaleFigures } from './metrics/figures';
import { Adam } from './optimizer';
import {
  initialParameters,
  type ParameterLayout,
  parameterLayout,
  parameterPaces,
  toTensors,
} from './parameters';
import { mixSeeds, permutation, uniform } from './random';
import type { ThreadOptions } from './threads/thread';
import { trainModule } from './train-module';
import { WorkerPool } from './worker-pool';

export interface TrainerOptions extends ThreadOptions {
  readonly dataset: Dataset;
  readonly config: TrainConfig;
  /** worker threads; default: one a core (in a page one fewer), at most one for every two examples of a batch */
  readonly workers?: number;
  /** bytes of a checkpoint to go on from */
  readonly checkpoint?: Uint8Array;
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
      readonly secondsPerExample: number;
    }
  /** figures: means over the held-out slices */
  | ({ readonly type: 'validation'; readonly step: number } & Figures)
  | { readonly type: 'checkpoint'; readonly step: number; readonly bytes: Uint8Array };

export class Trainer {
  readonly #config: TrainConfig;
  readonly #dataset: Dataset;
  readonly #layout: ParameterLayout;
  readonly #paces: readonly Pace[];
  readonly #training: readonly Slice[];
  readonly #validation: readonly Slice[];
  readonly #pool: WorkerPool;
  readonly #adam: Adam;
  #step: number;

  private constructor(options: TrainerOptions, pool: WorkerPool, adam: Adam, step: number) {
    this.#config = options.config;
    this.#dataset = options.dataset;
    const model = modelConfig(options.config);
    this.#layout = parameterLayout(model);
    this.#paces = parameterPaces(model, this.#layout);
    const { data, trainer } = options.config;
    const { training, validation } = options.dataset.split(data.validationFraction, trainer.seed);
    this.#training = training;
    this.#validation = validation;
    this.#pool = pool;
    this.#adam = adam;
    this.#step = step;
  }

  /**
   * Starts the workers.
   * @throws CheckpointError or ModelError if the checkpoint does not fit the configuration or is damaged,
   *   TrainingError if the dataset has nothing to train on or the workers cannot start
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { config, dataset } = options;
    const model = modelConfig(config);
    const layout = parameterLayout(model);
    const resumed: Checkpoint | undefined =
      options.checkpoint && readCheckpoint(options.checkpoint, config, layout);
    if (dataset.slices.length === 0) throw new TrainingError('the dataset has no slices to train on');
    const module = await trainModule();
    const adam = new Adam(module, layout.size);
    if (resumed) adam.restore(resumed);
    else adam.parameters.set(initialParameters(model, uniform(mixSeeds(config.trainer.seed, 1))));
    const wanted = options.workers ?? parallelism();
    const count = Math.max(1, Math.min(wanted, Math.ceil(config.trainer.batchSize / 2)));
    const pool = await WorkerPool.create(
      count,
      module,
      {
        model,
        sizes: config.loss.sizes,
        batch: Math.ceil(config.trainer.batchSize / count),
        frames: dataset.framesPerSlice,
      },
      layout.size,
      options,
    );
    return new Trainer(options, pool, adam, resumed?.step ?? 0);
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * Trains until `config.trainer.steps`, or until the signal aborts: then the step in hand is finished, a
   * last checkpoint is yielded, and the iteration ends. The first event is a validation (of the start,
   * or of the checkpoint), the last a checkpoint.
   * @throws TrainingError when loss or gradient are no longer finite, or a worker is lost
   */
  async *run({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<TrainEvent, void, void> {
    const { steps, validateEvery, checkpointEvery } = this.#config.trainer;
    yield await this.#validate();
    let saved = -1;
    while (this.#step < steps && !signal?.aborted) {
      yield await this.#advance();
      if (this.#step % validateEvery === 0 || this.#step === steps) yield await this.#validate();
      if (this.#step % checkpointEvery === 0) {
        saved = this.#step;
        yield this.#checkpointEvent();
      }
    }
    if (saved !== this.#step) yield this.#checkpointEvent();
  }

  /** Parameters, optimizer state and step as bytes that `create` takes back. */
  checkpoint(): Uint8Array {
    const { parameters, firstMoments, secondMoments } = this.#adam;
    return writeCheckpoint(
      { step: this.#step, parameters, firstMoments, secondMoments },
      this.#layout,
      this.#config,
    );
  }

  /** The model as it is now. */
  model(about: About): Model {
    return {
      ...modelConfig(this.#config),
      statistics: this.#dataset.statistics,
      about,
      tensors: toTensors(this.#layout, this.#adam.parameters),
    };
  }

  /** The held-out slices. */
  get validationSlices(): readonly Slice[] {
    return this.#validation;
  }

  /** Ends the workers. The trainer cannot be used after it. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #advance(): Promise<TrainEvent> {
    const started = performance.now();
    const { steps } = this.#config.trainer;
    const step = this.#step;
    const chosen = this.#choose(step);
    const batches = share(chosen, this.#pool.size).map((part, i) => {
      const batch = this.#batch(part, [step, i]);
      this.#quieten(batch);
      return batch;
    });
    const { loss, gradients } = await this.#pool.step(this.#adam.parameters, batches, 1 / chosen.length);
    const mean = loss / chosen.length;
    if (!Number.isFinite(mean)) throw diverged(step + 1, 'loss', mean);
    const learningRate = this.#learningRate(step);
    const norm = this.#adam.step(
      gradients,
      this.#paces.map(({ end, share }) => ({ end, learningRate: learningRate * share })),
      this.#config.optimizer.clipNorm,
    );
    if (!Number.isFinite(norm)) throw diverged(step + 1, "gradient's length", norm);
    this.#step = step + 1;
    const secondsPerExample = (performance.now() - started) / 1000 / chosen.length;
    return { type: 'step', step: this.#step, steps, loss: mean, learningRate, secondsPerExample };
  }

  async #validate(): Promise<TrainEvent> {
    const slices = this.#validation.length > 0 ? this.#validation : this.#training.slice(0, 16);
    const size = Math.ceil(this.#config.trainer.batchSize / this.#pool.size);
    const batches: Batch[] = [];
    for (let i = 0; i < slices.length; i += size) {
      batches.push(this.#batch(slices.slice(i, i + size), [0xffffffff, i]));
    }
    const sum = await this.#pool.evaluate(this.#adam.parameters.slice(), batches);
    return { type: 'validation', step: this.#step, ...scaleFigures(sum, 1 / slices.length) };
  }

  #checkpointEvent(): TrainEvent {
    return { type: 'checkpoint', step: this.#step, bytes: this.checkpoint() };
  }

  /** The slices of a step: every epoch goes once through all of them, in an order of its own. */
  #choose(step: number): Slice[] {
    const { batchSize, seed } = this.#config.trainer;
    const all = this.#training;
    return Array.from({ length: Math.min(batchSize, all.length) }, (_, i) => {
      const at = step * Math.min(batchSize, all.length) + i;
      const epoch = Math.floor(at / all.length);
      return all[this.#order(epoch, seed)[at % all.length]];
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

  #batch(slices: readonly Slice[], seeds: readonly [number, number]): Batch {
    const frames = this.#dataset.framesPerSlice;
    const samples = this.#dataset.samplesPerSlice;
    const count = slices.length;
    const audio = new Float32Array(count * samples);
    const f0 = new Float32Array(count * frames);
    const loudness = new Float32Array(count * frames);
    slices.forEach((slice, i) => {
      audio.set(slice.audio, i * samples);
      f0.set(slice.f0, i * frames);
      loudness.set(slice.loudness, i * frames);
    });
    return {
      count,
      audio,
      f0,
      loudness,
      seeds: Uint32Array.from(slices, (_, i) => mixSeeds(this.#config.trainer.seed, 3, ...seeds, i)),
    };
  }

  /** Plays some examples more quietly than they were recorded: see `DataConfig.quietShare`. */
  #quieten({ count, audio, loudness, seeds }: Batch): void {
    const { quietShare, quietest } = this.#config.data;
    for (let i = 0; i < count; i++) {
      const random = uniform(seeds[i]);
      if (random() >= quietShare) continue;
      const decibels = quietest * random();
      const gain = 10 ** (decibels / 20);
      const samples = audio.length / count;
      for (let n = i * samples; n < (i + 1) * samples; n++) audio[n] *= gain;
      const frames = loudness.length / count;
      for (let t = i * frames; t < (i + 1) * frames; t++) {
        loudness[t] = Math.max(LOUDNESS_FLOOR, loudness[t] + decibels);
      }
    }
  }

  #learningRate(step: number): number {
    const { learningRate, schedule } = this.#config.optimizer;
    if (schedule.kind === 'constant') return learningRate;
    const { finalShare } = schedule;
    const done = step / Math.max(1, this.#config.trainer.steps);
    return learningRate * (finalShare + ((1 - finalShare) * (1 + Math.cos(Math.PI * done))) / 2);
  }
}

function diverged(step: number, what: string, value: number): TrainingError {
  return new TrainingError(
    `step ${step}: the ${what} is ${value}. The parameters are those of the step before; ` +
      'go on from the last checkpoint with a smaller optimizer.learningRate',
  );
}

/** `items` in `parts` runs whose lengths differ by at most one. */
function share<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, i) =>
    items.slice(Math.floor((i * items.length) / parts), Math.floor(((i + 1) * items.length) / parts)),
  );
}
