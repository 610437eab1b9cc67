/**
 * The worker in which a project lives: recordings are read, batches made and checkpoints kept here, so that
 * the page's thread stays free for the page, and work goes on while its tab is hidden (timers of hidden
 * pages are slowed down, those of workers are not). Gradients are computed in workers of its own.
 */

import { type ProxyMarked, proxy, transfer } from 'comlink';
import { serve } from '#serve';
import { renderOffline } from '../../engine/render';
import { readModel } from '../../model/file';
import type { About } from '../../model/model';
import { datasetOptions, type TrainConfig } from '../config';
import { Dataset, type DatasetProgress } from '../dataset/dataset';
import { TrainingError } from '../errors';
import { type HeldOut, type Stretch, stretches } from './held-out';
import type { LossCurves } from './loss-curves';
import { overview } from './overview';
import { Run, type TrainingState } from './run';
import { type ProgressRecord, type ProjectRecord, ProjectStorage, type RecordingFile } from './storage';

export interface TrainOptions {
  /**
   * Time to train, from here on; on the first steps the speed of the machine is measured. Without it
   * training goes on to the steps that were planned before.
   */
  readonly minutes?: number;
  /** default: all cores but one */
  readonly workers?: number;
}

export interface Comparison {
  /** Hz */
  readonly sampleRate: number;
  readonly original: Float32Array<ArrayBuffer>;
  readonly reconstruction: Float32Array<ArrayBuffer>;
}

class Host {
  readonly #storage: ProjectStorage;
  readonly #workerUrl: string | undefined;
  #project: ProjectRecord;
  #dataset: Dataset | null = null;
  #run: Run | null = null;
  #stop = new AbortController();

  private constructor(storage: ProjectStorage, project: ProjectRecord, workerUrl: string | undefined) {
    this.#storage = storage;
    this.#project = project;
    this.#workerUrl = workerUrl;
  }

  static async open(id: string, workerUrl?: string): Promise<Host & ProxyMarked> {
    await lock(id);
    const storage = await ProjectStorage.open();
    return proxy(new Host(storage, await storage.project(id), workerUrl));
  }

  get project(): ProjectRecord {
    return this.#project;
  }

  async rename(name: string): Promise<ProjectRecord> {
    await this.#save({ name });
    return this.#project;
  }

  async curves(): Promise<LossCurves> {
    return (await this.#progress())?.curves ?? { training: [], validation: [] };
  }

  /** @returns what became of all recordings, those before and these */
  async addRecordings(
    files: readonly RecordingFile[],
    onProgress: (progress: DatasetProgress) => void,
  ): Promise<ProjectRecord> {
    if (this.#run) throw new TrainingError('pause training before recordings are added');
    const before = await this.#storage.recordings(this.#project.id);
    const all = [...before, ...renamed(files, before)];
    const dataset = await this.#read(all, onProgress);
    const { summary, sampleRate, hop } = dataset;
    await this.#save(
      {
        summary,
        seconds: summary.secondsKept,
        overviews: summary.recordings.map(({ name, seconds }) => {
          const slices = dataset.slices.filter(({ source }) => source === name);
          return overview(slices, Math.round(seconds * sampleRate), hop);
        }),
      },
      { recordings: all.filter(({ name }) => summary.recordings.some((read) => read.name === name)) },
    );
    this.#dataset = dataset;
    return this.#project;
  }

  /** @returns whether the last step is done; false: it was paused before */
  async train(options: TrainOptions, onState: (state: TrainingState) => void): Promise<boolean> {
    if (this.#run) throw new TrainingError('the project is being trained already');
    this.#stop = new AbortController();
    const { minutes = this.#project.minutes, workers } = options;
    const dataset = await this.#data();
    const before = await this.#progress();
    const { name, config } = this.#project;
    this.#run = new Run({
      dataset,
      config,
      about: aboutModel(name, config, dataset),
      minutes,
      steps: options.minutes === undefined ? this.#project.steps : 0,
      checkpoint: before?.checkpoint,
      curves: before?.curves,
      workers,
      workerUrl: this.#workerUrl,
      onState,
      save: ({ step, steps, ...progress }) =>
        this.#save({ step, steps, minutes }, { progress: { id: this.#project.id, ...progress } }),
    });
    try {
      return await this.#run.train(this.#stop.signal);
    } finally {
      this.#run = null;
    }
  }

  pause(): void {
    this.#stop.abort();
  }

  /** The model as it is at this step, or was kept last; undefined before training. */
  async model(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = this.#run?.model() ?? (await this.#progress())?.model;
    return file && transfer(file, [file.buffer]);
  }

  async heldOut(): Promise<HeldOut[]> {
    return (await this.#stretches()).map(({ source, seconds, duration }) => ({ source, seconds, duration }));
  }

  /** What the model makes of a held-out stretch when it hears it. */
  async compare(index: number): Promise<Comparison> {
    const file = await this.model();
    const { audio } = (await this.#stretches())[index];
    if (!file) throw new TrainingError('there is no model yet: train first');
    const { sampleRate } = this.#project.config.model;
    const original = Float32Array.from(audio);
    const reconstruction = Float32Array.from(await renderOffline(readModel(file), audio, { sampleRate }));
    return transfer({ sampleRate, original, reconstruction }, [original.buffer, reconstruction.buffer]);
  }

  #progress(): Promise<ProgressRecord | undefined> {
    return this.#storage.progress(this.#project.id);
  }

  async #stretches(): Promise<Stretch[]> {
    const { data, trainer, model } = this.#project.config;
    const { validation } = (await this.#data()).split(data.validationFraction, trainer.seed);
    return stretches(validation, model.sampleRate);
  }

  async #data(): Promise<Dataset> {
    this.#dataset ??= await this.#read(await this.#storage.recordings(this.#project.id), () => {});
    return this.#dataset;
  }

  #read(files: readonly RecordingFile[], onProgress: (progress: DatasetProgress) => void): Promise<Dataset> {
    return Dataset.fromFiles(
      files.map(({ name, blob }) => ({
        name,
        bytes: async () => new Uint8Array(await blob.arrayBuffer()),
      })),
      { ...datasetOptions(this.#project.config), onProgress },
    );
  }

  async #save(
    change: Partial<ProjectRecord>,
    parts: { readonly recordings?: readonly RecordingFile[]; readonly progress?: ProgressRecord } = {},
  ): Promise<void> {
    const project = { ...this.#project, ...change, changed: Date.now() };
    await this.#storage.save(project, parts);
    this.#project = project;
  }
}

export type ProjectHost = Host;

const api = { open: Host.open };
export type HostApi = typeof api;
serve(api);

/**
 * Two tabs must not train one project. The lock is held until this worker ends; besides, browsers do not
 * freeze a hidden page that holds one.
 */
function lock(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // there are locks in every browser, but only for secure pages
    if (!navigator.locks) resolve();
    else
      navigator.locks
        .request(`ddsp-worklet ${id}`, { ifAvailable: true }, (held) => {
          if (held) resolve();
          else reject(new TrainingError('the project is open in another tab: go on there, or close it'));
          return held ? new Promise(() => {}) : undefined;
        })
        .catch(reject);
  });
}

/** Files whose names are taken get a number: slices are told apart by the names of their recordings. */
function renamed(files: readonly RecordingFile[], before: readonly RecordingFile[]): RecordingFile[] {
  const taken = new Set(before.map(({ name }) => name));
  return files.map(({ name, blob }) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name} (${i})`;
    taken.add(free);
    return { name: free, blob };
  });
}

/** What the configuration says of the model, nothing empty, and what the project knows. */
function aboutModel(name: string, { model }: TrainConfig, { summary }: Dataset): About {
  const count = summary.recordings.length;
  const trainedOn = [`${count} recording${count === 1 ? '' : 's'}, ${(summary.seconds / 60).toFixed(1)} min`];
  const given = Object.entries(model.about).filter(([, value]) => value.length > 0);
  return { trainedOn, ...Object.fromEntries(given), name };
}
