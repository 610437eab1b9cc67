/**
 * Runs a project in a worker: it reads recordings, makes batches and saves checkpoints. This keeps the page responsive.
 * Training continues while the tab is hidden, because browsers slow down timers of hidden pages but not of workers.
 * Gradients are computed in further workers.
 */

import { type ProxyMarked, proxy, transfer } from 'comlink';
import { AS_RECORDED } from '../analysis/listening';
import { readModel, writeModel } from '../model/file';
import { indexedDbStore } from '../platform/stores/indexed-db';
import { DatabaseError, type DataStore } from '../platform/stores/store';
import { UNMATCHED } from '../play/matching/options';
import { renderOffline } from '../play/render';
import { about, datasetOptions, resolveConfig, type TrainConfig } from '../train/config';
import { Dataset } from '../train/data/dataset';
import { type HeldOut, type Stretch, stretchAudio, stretches } from '../train/data/held-out';
import type { DatasetProgress } from '../train/data/preprocess';
import { uniqueNames } from '../train/data/unique-names';
import { TrainingError } from '../train/errors';
import { checkpointModel, checkpointSummary } from '../train/learn/checkpoint';
import { readFigures } from '../train/run/journal';
import { RUN_FILES } from '../train/run/store';
import { holdLock } from './lock';
import { type LossCurves, LossRecorder } from './loss-curves';
import { type Overview, overview } from './overview';
import { RunFiles } from './run-files';
import {
  explainFull,
  type FileChange,
  type ProjectRecord,
  ProjectStorage,
  type RecordingFile,
  soundOf,
} from './storage';
import { TimedTraining, type TrainingState } from './timed-training';

export interface TrainOptions {
  /**
   * Minutes of training from now on. The first steps measure the speed of the machine. Without this option, training
   * continues to the number of steps that was planned before.
   */
  readonly minutes?: number;
  /** default: all cores but one */
  readonly workers?: number;
}

export interface Comparison {
  /** training step of the model */
  readonly step: number;
  /** Hz */
  readonly sampleRate: number;
  readonly original: Float32Array<ArrayBuffer>;
  readonly reconstruction: Float32Array<ArrayBuffer>;
}

export class Host {
  readonly #storage: ProjectStorage;
  /** decoded and analysed recordings */
  readonly #sound: DataStore;
  #project: ProjectRecord;
  #dataset: Dataset | null = null;
  #training: TimedTraining | null = null;
  #stop = new AbortController();

  private constructor(storage: ProjectStorage, sound: DataStore, project: ProjectRecord) {
    this.#storage = storage;
    this.#sound = sound;
    this.#project = project;
  }

  static async open(id: string): Promise<Host & ProxyMarked> {
    await holdLock(id);
    const storage = await ProjectStorage.open();
    const project = await storage.project(id);
    return proxy(new Host(storage, await indexedDbStore(soundOf(id)), project));
  }

  get project(): ProjectRecord {
    return this.#project;
  }

  async rename(name: string): Promise<ProjectRecord> {
    await this.#save({ name });
    return this.#project;
  }

  async curves(): Promise<LossCurves> {
    return new LossRecorder(await readFigures(this.#files())).curves;
  }

  /** @returns the project with a summary of all its recordings */
  async addRecordings(
    files: readonly RecordingFile[],
    onProgress: (progress: DatasetProgress) => void,
  ): Promise<ProjectRecord> {
    if (this.#training) throw new TrainingError('pause training before adding recordings');
    const before = await this.#storage.recordings(this.#project.id);
    const all = [...before, ...renamed(files, before)];
    const dataset = await explainFull(this.#read(all, onProgress));
    const { summary } = dataset;
    // the weights are kept, but the schedule starts again
    await this.#save(
      {
        steps: 0,
        secondsLeft: null,
        summary,
        seconds: summary.secondsKept,
        overviews: await this.#draw(dataset),
      },
      { recordings: all.filter(({ name }) => summary.recordings.some((read) => read.name === name)) },
    );
    this.#dataset = dataset;
    return this.#project;
  }

  /** @returns true at the last step, false when paused before */
  async train({ minutes, workers }: TrainOptions, onState: (state: TrainingState) => void): Promise<boolean> {
    if (this.#training) throw new TrainingError('the project is already training');
    this.#stop = new AbortController();
    const dataset = await this.#data();
    const config = this.#config(dataset);
    const { steps, secondsLeft } = this.#project;
    const files = this.#files();
    const checkpoint = await files.read(RUN_FILES.last);
    const before = checkpoint && checkpointSummary(checkpoint);
    const known = before?.data.fingerprint === dataset.fingerprint;
    this.#training = await TimedTraining.open({
      dataset,
      config,
      plan:
        minutes !== undefined
          ? { steps: 0, seconds: minutes * 60 }
          : { steps: secondsLeft === null ? steps || config.trainer.steps : steps, seconds: secondsLeft },
      store: files,
      resumed: checkpoint && before && known ? { checkpoint, step: before.step } : undefined,
      // weights from other recordings are a good start, but the schedule starts again
      pretrained: checkpoint && !known ? checkpointModel(checkpoint) : undefined,
      workers,
      onState,
      save: (step, plan) =>
        this.#save({ step, steps: plan.steps, secondsLeft: plan.seconds }, { files: files.take() }),
    });
    try {
      return await this.#training.train(this.#stop.signal);
    } finally {
      this.#training = null;
    }
  }

  pause(): void {
    this.#stop.abort();
  }

  /** Returns a model file. @throws TrainingError before training */
  async model(which: 'latest' | 'best'): Promise<Uint8Array<ArrayBuffer>> {
    const now = which === 'latest' && this.#training?.model();
    if (now) return transfer(now, [now.buffer]);
    const files = this.#files();
    const checkpoint = await files.read(RUN_FILES.last);
    if (!checkpoint) throw new TrainingError('there is no model yet: train first');
    const best = which === 'best' && (await files.read(RUN_FILES.model));
    const model = best ? readModel(best) : checkpointModel(checkpoint);
    // the project may have been renamed since
    const file = writeModel({ ...model, about: about(this.#config(await this.#data())) });
    return transfer(file, [file.buffer]);
  }

  async heldOut(): Promise<HeldOut[]> {
    return (await this.#stretches()).map(({ source, seconds, duration }) => ({ source, seconds, duration }));
  }

  /** Renders a held-out stretch through the model. */
  async compare(index: number): Promise<Comparison> {
    const step = this.#training?.step ?? this.#project.step;
    const file = await this.model('latest');
    const stretch = (await this.#stretches())[index];
    const { sampleRate } = this.#project.config.model;
    const original = await stretchAudio(stretch, await this.#data());
    const reconstruction = Float32Array.from(
      await renderOffline(readModel(file), original, {
        sampleRate,
        listening: AS_RECORDED,
        matching: UNMATCHED,
      }),
    );
    return transfer({ step, sampleRate, original, reconstruction }, [original.buffer, reconstruction.buffer]);
  }

  /** Overviews of all recordings; existing ones are reused. */
  async #draw(dataset: Dataset): Promise<Overview[]> {
    const { summary, overviews } = this.#project;
    const before = new Map(summary?.recordings.map(({ name }, i) => [name, overviews[i]]));
    const drawn: Overview[] = [];
    for (const { name } of dataset.summary.recordings) {
      drawn.push(before.get(name) ?? (await overview(dataset, name)));
    }
    return drawn;
  }

  /** The files of the run, as saved. */
  #files(): RunFiles {
    return new RunFiles(this.#storage, this.#project.id);
  }

  async #stretches(): Promise<Stretch[]> {
    const { data, trainer } = this.#project.config;
    const dataset = await this.#data();
    return stretches(dataset.split(data.validationFraction, trainer.seed).validation, dataset);
  }

  async #data(): Promise<Dataset> {
    const options = { ...datasetOptions(this.#project.config), store: this.#sound };
    this.#dataset ??= await Dataset.fromStore(options).catch((error) => this.#remake(error));
    return this.#dataset;
  }

  /**
   * Preprocesses the recordings again when the database is damaged or from an older release. The recordings are kept.
   */
  async #remake(error: unknown): Promise<Dataset> {
    if (!(error instanceof DatabaseError) || error.code !== 'database-damaged') throw error;
    await this.#sound.delete(await this.#sound.keys(''));
    return this.#read(await this.#storage.recordings(this.#project.id), () => {});
  }

  /** The configuration with name and data filled in. */
  #config({ summary }: Dataset): TrainConfig {
    const { name } = this.#project;
    // an older project may use key names from before they were renamed
    const config = resolveConfig(this.#project.config);
    const { about, ...model } = config.model;
    const count = summary.recordings.length;
    const minutes = (summary.seconds / 60).toFixed(1);
    const sources = [`${count} recording${count === 1 ? '' : 's'}, ${minutes} min`];
    const trainedOn = about.trainedOn.length > 0 ? about.trainedOn : sources;
    return { ...config, model: { ...model, about: { ...about, name, trainedOn } } };
  }

  #read(files: readonly RecordingFile[], onProgress: (progress: DatasetProgress) => void): Promise<Dataset> {
    return Dataset.fromFiles(
      files.map(({ name, blob }) => ({ name, content: blob })),
      {
        ...datasetOptions(this.#project.config),
        store: this.#sound,
        onProgress,
      },
    );
  }

  async #save(
    change: Partial<ProjectRecord>,
    parts: { readonly recordings?: readonly RecordingFile[]; readonly files?: readonly FileChange[] } = {},
  ): Promise<void> {
    const project = { ...this.#project, ...change, changed: Date.now() };
    await this.#storage.save(project, parts);
    this.#project = project;
  }
}

/** Adds numbers to the names of files whose names are taken. */
function renamed(files: readonly RecordingFile[], before: readonly RecordingFile[]): RecordingFile[] {
  const nameOf = ({ name }: RecordingFile) => name;
  const names = uniqueNames(files.map(nameOf), before.map(nameOf));
  return files.map((file, i) => ({ ...file, name: names[i] }));
}
