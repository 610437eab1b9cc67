/**
 * Records a training run: checkpoints, logs, report and model. It writes to any `RunStore`.
 *
 * The files are consistent whenever the process dies: logs are written before the checkpoint of their step,
 * the best checkpoint before the last one, and every file except the logs is replaced as a whole. A resumed run
 * truncates the logs to the step of its checkpoint.
 */

import { writeWav } from '../../audio/wav';
import { ModelError } from '../../model/errors';
import { writeModel } from '../../model/file';
import { about, datasetOptions, type TrainConfig } from '../config';
import type { Dataset } from '../data/dataset';
import { PitchNetwork, type PitchNetworkFile } from '../data/pitch/neural/network';
import { FIGURE_NAMES } from '../learn/metrics/figures';
import { YARDSTICK_NAMES, type Yardsticks } from '../learn/metrics/yardsticks';
import type { TrainEvent, Trainer } from '../learn/trainer';
import type { Validation } from '../learn/training-progress';
import { BufferedLog } from './buffered-log';
import { type Clip, chooseClips } from './clips';
import { dataFacts } from './facts';
import { type MetricsLine, readLines, type StepLine, writeLine } from './metrics-log';
import { Reconstructions } from './reconstructions';
import { type RunState, thinOut } from './report/data';
import { reportHtml } from './report/html';
import { FileError, LostRunError, RUN_FILES, RUN_FOLDERS, type RunStore } from './store';
import { eventRecord, fileStart, keepUpTo, type Summary } from './tensorboard/events';

export interface RecorderOptions {
  readonly store: RunStore;
  readonly trainer: Trainer;
  readonly dataset: Dataset;
  readonly config: TrainConfig;
  /** the configuration as text, for the report */
  readonly configText: string;
  /** the trainer resumed from a checkpoint in this store */
  readonly resumed: boolean;
  /** tracks the pitch of reconstructions; default: pYIN */
  readonly network?: PitchNetworkFile;
  /** called when something failed but training continues */
  readonly onWarning: (message: string) => void;
}

type StepEvent = Extract<TrainEvent, { type: 'step' }>;
type ValidationEvent = Extract<TrainEvent, { type: 'validation' }>;
type CheckpointEvent = Extract<TrainEvent, { type: 'checkpoint' }>;

/** Maximum share of the time spent on reports and reconstructions. */
const LEISURE = 0.05;
/** Sounds are logged at steps that grow by this factor, because they are large. */
const SPREAD = 1.4;
const FLUSH_SECONDS = 1;
const REPORT_SECONDS = 30;
const EVENT_FILE = /^events\.out\.tfevents\.(\d+)\./;

export class RunRecorder {
  readonly #options: RecorderOptions;
  readonly #reconstructions: Reconstructions;
  readonly #network: PitchNetwork | undefined;
  readonly #metrics: BufferedLog;
  readonly #events: BufferedLog;
  readonly #steps: StepLine[];
  readonly #validations: Validation[];
  readonly #first: { readonly step: number; readonly time: number };
  readonly #hearing = new Leisure();
  readonly #reporting = new Leisure();
  #flushed = now();
  #heardAt = -1;
  #loggedAt = -1;
  #saved: number;

  private constructor(
    options: RecorderOptions,
    reconstructions: Reconstructions,
    network: PitchNetwork | undefined,
    eventFile: string,
    past: readonly MetricsLine[],
  ) {
    const { store, trainer, resumed, onWarning } = options;
    this.#options = options;
    this.#reconstructions = reconstructions;
    this.#network = network;
    this.#metrics = new BufferedLog(store, RUN_FILES.metrics, onWarning);
    this.#events = new BufferedLog(store, eventFile, onWarning);
    this.#steps = past.filter((line) => line.type === 'step');
    this.#validations = past.filter((line) => line.type === 'validation').map(toValidation);
    this.#first = { step: trainer.step, time: now() };
    this.#saved = resumed ? trainer.step : -1;
  }

  /**
   * Prepares the store's logs.
   * @throws FileError when the store cannot be written, PitchNetworkError when the network cannot be used
   */
  static async start(options: RecorderOptions): Promise<RunRecorder> {
    const { store, trainer, dataset, config, resumed } = options;
    const { sampleRate } = config.model;
    const last = resumed ? trainer.step : -1;
    const past = await cutMetrics(store, last);
    const eventFile = await cutEvents(store, last);
    const clips = await chooseClips(trainer.validationSlices, dataset);
    for (const [i, clip] of clips.entries()) {
      await store.write(sampleFile(clip, i), writeWav(clip.audio, sampleRate));
    }
    const network = options.network && (await PitchNetwork.load(options.network));
    const settings = datasetOptions(config);
    const reconstructions = await Reconstructions.create(clips, { settings, network });
    const recorder = new RunRecorder(options, reconstructions, network, eventFile, past);
    recorder.#events.add(fileStart(now()));
    if (!resumed) recorder.#addEvent(0, reconstructions.originals);
    return recorder;
  }

  /** Step of the last saved checkpoint; -1 before the first. */
  get savedStep(): number {
    return this.#saved;
  }

  /**
   * Records an event of the trainer. Await it before the next step.
   * @throws FileError when a checkpoint cannot be written (the one before is still there), LostRunError when
   *   the whole store is gone
   */
  async record(event: TrainEvent): Promise<void> {
    if (event.type === 'step') this.#recordStep(event);
    else if (event.type === 'validation') await this.#recordValidation(event);
    else if (event.type === 'checkpoint') await this.#recordCheckpoint(event);
    if (now() - this.#flushed > FLUSH_SECONDS) await this.#flush();
    const wait = event.type === 'validation' ? 0 : REPORT_SECONDS;
    if (this.#reporting.isDue(wait)) await this.#reporting.spend(() => this.#report('training', ''));
  }

  /**
   * Call this last, however training ended.
   * @param note why training ended, or how to resume
   */
  async end(state: RunState, note: string): Promise<void> {
    if (state === 'finished' || state === 'stopped') {
      await this.#hear();
      this.#logSounds();
    }
    await this.#flush();
    await this.#report(state, note);
    await this.#network?.close();
  }

  #recordStep({ step, loss, learningRate, gradientNorm, secondsPerExample }: StepEvent): void {
    const time = now();
    const line = { step, time, loss, learningRate, gradientNorm, secondsPerExample };
    this.#steps.push({ type: 'step', ...line });
    this.#metrics.add(writeLine({ type: 'step', ...line }));
    this.#addEvent(step, [
      { tag: 'loss/training', scalar: loss },
      { tag: 'optimizer/learning_rate', scalar: learningRate },
      { tag: 'optimizer/gradient_norm', scalar: gradientNorm },
      { tag: 'speed/seconds_per_example', scalar: secondsPerExample },
    ]);
  }

  async #recordValidation({ type, ...validation }: ValidationEvent): Promise<void> {
    this.#validations.push(validation);
    this.#metrics.add(writeLine({ type, time: now(), ...validation }));
    this.#addEvent(validation.step, [
      ...FIGURE_NAMES.map((name) => ({ tag: `held_out/${snakeCase(name)}`, scalar: validation[name] })),
      ...yardstickScalars('held_out_yardsticks', validation.yardsticks),
    ]);
    if (this.#hearing.isDue(0)) await this.#hearing.spend(() => this.#hear());
    if (this.#heardAt >= SPREAD * this.#loggedAt) this.#logSounds();
  }

  async #recordCheckpoint({ step, bytes, best }: CheckpointEvent): Promise<void> {
    const { store, trainer, config, onWarning } = this.#options;
    await this.#flush();
    if (best) {
      await store.write(RUN_FILES.best, bytes);
      await attempt(onWarning, () => store.write(RUN_FILES.model, writeModel(trainer.model(about(config)))));
    }
    await store.write(RUN_FILES.last, bytes);
    this.#saved = step;
    await attempt(onWarning, () => this.#keep(step, bytes));
  }

  /** Keeps the newest checkpoints under their step numbers. */
  async #keep(step: number, bytes: Uint8Array): Promise<void> {
    const { store, config } = this.#options;
    const { keepCheckpoints } = config.trainer;
    if (keepCheckpoints === 0) return;
    const folder = RUN_FOLDERS.checkpoints;
    await store.write(`${folder}/step-${String(step).padStart(9, '0')}.ckpt`, bytes);
    const kept = (await store.list(folder)).filter((name) => /^step-\d+\.ckpt$/.test(name));
    for (const name of kept.slice(0, -keepCheckpoints)) await store.remove(`${folder}/${name}`);
  }

  async #hear(): Promise<void> {
    const { trainer, config, onWarning } = this.#options;
    if (this.#heardAt === trainer.step) return;
    try {
      await this.#reconstructions.hear(trainer.model(about(config)));
      this.#heardAt = trainer.step;
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'silent') throw error;
      onWarning(`step ${trainer.step}: the model plays nothing (${error.message}); training continues`);
    }
  }

  #logSounds(): void {
    if (this.#loggedAt === this.#heardAt) return;
    this.#loggedAt = this.#heardAt;
    const { reconstructions, yardsticks } = this.#reconstructions;
    this.#addEvent(this.#heardAt, [...reconstructions, ...yardstickScalars('clip_yardsticks', yardsticks)]);
  }

  #addEvent(step: number, summaries: readonly Summary[]): void {
    this.#events.add(eventRecord(now(), step, summaries));
  }

  async #flush(): Promise<void> {
    await this.#metrics.flush();
    await this.#events.flush();
    this.#flushed = now();
  }

  async #report(state: RunState, note: string): Promise<void> {
    const { store, trainer, dataset, config, configText, onWarning } = this.#options;
    const html = reportHtml({
      title: about(config).name,
      state,
      note,
      written: Date.now(),
      step: trainer.step,
      steps: config.trainer.steps,
      secondsLeft: state === 'training' ? this.#secondsLeft() : null,
      chosenBy: config.trainer.bestBy,
      best: trainer.progress.best,
      training: thinOut(this.#steps),
      validations: this.#validations,
      clips: this.#reconstructions.clips,
      heardAt: this.#heardAt,
      yardsticks: this.#reconstructions.yardsticks,
      pictureRange: this.#reconstructions.pictureRange,
      data: dataFacts(dataset),
      config: configText,
    });
    await attempt(onWarning, () => store.write(RUN_FILES.report, html));
  }

  #secondsLeft(): number | null {
    const { trainer, config } = this.#options;
    const done = trainer.step - this.#first.step;
    if (done === 0) return null;
    return ((config.trainer.steps - trainer.step) * (now() - this.#first.time)) / done;
  }
}

/** Schedules optional work so that it takes at most its share of the time. */
class Leisure {
  #ended = Number.NEGATIVE_INFINITY;
  #took = 0;

  /** @param wait minimum seconds since the last time */
  isDue(wait: number): boolean {
    return now() - this.#ended >= Math.max(wait, this.#took / LEISURE);
  }

  async spend(work: () => Promise<void>): Promise<void> {
    const started = now();
    await work();
    this.#ended = now();
    this.#took = this.#ended - started;
  }
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}

/** A failure of optional output must not stop training. */
async function attempt(onWarning: (message: string) => void, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FileError) || error instanceof LostRunError) throw error;
    onWarning(`${error.message}; training continues`);
  }
}

/** @returns the lines that are kept: up to step `last` */
async function cutMetrics(store: RunStore, last: number): Promise<MetricsLine[]> {
  const bytes = await store.read(RUN_FILES.metrics);
  const text = new TextDecoder().decode(bytes ?? new Uint8Array());
  const lines = readLines(text, last);
  const kept = lines.map(writeLine).join('');
  if (kept !== text) await store.write(RUN_FILES.metrics, kept);
  return lines;
}

/** @returns the name of a new event file, which TensorBoard reads after the existing ones */
async function cutEvents(store: RunStore, last: number): Promise<string> {
  const folder = RUN_FOLDERS.tensorboard;
  let started = Math.floor(now());
  for (const name of await store.list(folder)) {
    const [, seconds] = EVENT_FILE.exec(name) ?? [];
    if (!seconds) continue;
    started = Math.max(started, Number(seconds) + 1);
    const file = (await store.read(`${folder}/${name}`)) ?? new Uint8Array();
    const kept = keepUpTo(file, last);
    if (kept.length === 0) await store.remove(`${folder}/${name}`);
    else if (kept.length < file.length) await store.write(`${folder}/${name}`, kept);
  }
  return `${folder}/events.out.tfevents.${String(started).padStart(10, '0')}.ddsp`;
}

function sampleFile({ title }: Clip, index: number): string {
  const slug = title.replace(/[^\w]+/g, '-').slice(0, 80);
  return `${RUN_FOLDERS.samples}/${index + 1}-${slug}.wav`;
}

function toValidation({ type: _type, time: _time, ...validation }: MetricsLine): Validation {
  return validation as unknown as Validation;
}

/** The model's values. */
function yardstickScalars(group: string, yardsticks: Yardsticks = {}): Summary[] {
  return YARDSTICK_NAMES.flatMap((name) => {
    const measured = yardsticks[name];
    return measured ? [{ tag: `${group}/${snakeCase(name)}`, scalar: measured.value }] : [];
  });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
