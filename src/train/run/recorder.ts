/**
 * Records a training run: the files that every run keeps (`RunJournal`), TensorBoard's event files, sounds and a
 * report. It writes to any `RunStore`.
 *
 * Like the log of the journal, the event files are written before the checkpoint of their step. A resumed run truncates
 * them to the step of its checkpoint.
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
import { BufferedLog } from './buffered-log';
import { type Clip, chooseClips } from './clips';
import { dataFacts } from './facts';
import {
  attempt,
  type CheckpointEvent,
  type RunFigures,
  RunJournal,
  type StepEvent,
  type ValidationEvent,
} from './journal';
import { Reconstructions } from './reconstructions';
import { type RunState, thinOut } from './report/data';
import { reportHtml } from './report/html';
import { RUN_FILES, RUN_FOLDERS, type RunStore } from './store';
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

/** Maximum share of the time that is spent on reports and reconstructions. */
const LEISURE = 0.05;
/** Sounds are large, so they are logged only at steps that grow by this factor. */
const SPREAD = 1.4;
const FLUSH_SECONDS = 1;
const REPORT_SECONDS = 30;
const EVENT_FILE = /^events\.out\.tfevents\.(\d+)\./;

export class RunRecorder {
  readonly #options: RecorderOptions;
  readonly #reconstructions: Reconstructions;
  readonly #network: PitchNetwork | undefined;
  readonly #journal: RunJournal;
  readonly #figures: RunFigures;
  readonly #events: BufferedLog;
  readonly #first: { readonly step: number; readonly time: number };
  readonly #hearing = new Leisure();
  readonly #reporting = new Leisure();
  #flushed = now();
  #heardAt = -1;
  #loggedAt = -1;

  private constructor(
    options: RecorderOptions,
    reconstructions: Reconstructions,
    network: PitchNetwork | undefined,
    eventFile: string,
    { journal, past }: Awaited<ReturnType<typeof RunJournal.open>>,
  ) {
    const { store, trainer, onWarning } = options;
    this.#options = options;
    this.#reconstructions = reconstructions;
    this.#network = network;
    this.#journal = journal;
    this.#figures = past;
    this.#events = new BufferedLog(store, eventFile, onWarning);
    this.#first = { step: trainer.step, time: now() };
  }

  /**
   * Prepares the store's logs.
   * @throws FileError when the store cannot be written, PitchNetworkError when the network cannot be used
   */
  static async start(options: RecorderOptions): Promise<RunRecorder> {
    const { store, trainer, dataset, config, resumed, onWarning } = options;
    const { sampleRate } = config.model;
    const resumedAt = resumed ? trainer.step : -1;
    const opened = await RunJournal.open({ store, resumedAt, onWarning });
    const eventFile = await cutEvents(store, resumedAt);
    const clips = await chooseClips(trainer.validationSlices, dataset);
    for (const [i, clip] of clips.entries()) {
      await store.write(sampleFile(clip, i), writeWav(clip.audio, sampleRate));
    }
    const network = options.network && (await PitchNetwork.load(options.network));
    const settings = datasetOptions(config);
    const reconstructions = await Reconstructions.create(clips, { settings, network });
    const recorder = new RunRecorder(options, reconstructions, network, eventFile, opened);
    recorder.#events.add(fileStart(now()));
    if (!resumed) recorder.#addEvent(0, reconstructions.originals);
    return recorder;
  }

  /** Step of the last saved checkpoint; -1 before the first. */
  get savedStep(): number {
    return this.#journal.savedStep;
  }

  /**
   * Records an event of the trainer. Await it before the next step.
   * @throws FileError when a checkpoint cannot be written (the previous one still exists), LostRunError when the whole
   *   store no longer exists
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
   * Call this last, for every way in which training can end.
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

  #recordStep(event: StepEvent): void {
    const { step, loss, learningRate, gradientNorm, secondsPerExample } = event;
    this.#figures.steps.push(this.#journal.addStep(event));
    this.#addEvent(step, [
      { tag: 'loss/training', scalar: loss },
      { tag: 'optimizer/learning_rate', scalar: learningRate },
      { tag: 'optimizer/gradient_norm', scalar: gradientNorm },
      { tag: 'speed/seconds_per_example', scalar: secondsPerExample },
    ]);
  }

  async #recordValidation(event: ValidationEvent): Promise<void> {
    const { type: _, ...validation } = event;
    this.#figures.validations.push(validation);
    this.#journal.addValidation(event);
    this.#addEvent(validation.step, [
      ...FIGURE_NAMES.map((name) => ({ tag: `held_out/${snakeCase(name)}`, scalar: validation[name] })),
      ...yardstickScalars('held_out_yardsticks', validation.yardsticks),
    ]);
    if (this.#hearing.isDue(0)) await this.#hearing.spend(() => this.#hear());
    if (this.#heardAt >= SPREAD * this.#loggedAt) this.#logSounds();
  }

  async #recordCheckpoint(event: CheckpointEvent): Promise<void> {
    const { trainer, config, onWarning } = this.#options;
    await this.#flush();
    await this.#journal.addCheckpoint(event, () => writeModel(trainer.model(about(config))));
    await attempt(onWarning, () => this.#keep(event));
  }

  /** Keeps the newest checkpoints under their step numbers. */
  async #keep({ step, bytes }: CheckpointEvent): Promise<void> {
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
    await this.#journal.flush();
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
      training: thinOut(this.#figures.steps),
      validations: this.#figures.validations,
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

/** @returns the name of a new event file, which TensorBoard reads after the existing files */
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

/** Scalars of the model's yardsticks. */
function yardstickScalars(group: string, yardsticks: Yardsticks = {}): Summary[] {
  return YARDSTICK_NAMES.flatMap((name) => {
    const measured = yardsticks[name];
    return measured ? [{ tag: `${group}/${snakeCase(name)}`, scalar: measured.value }] : [];
  });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
