/** `ddsp train`: a folder of recordings in, a model out. */

import { access, appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeModel } from '../model/file';
import type { About } from '../model/model';
import { checkpointConfig } from '../train/checkpoint';
import type { AboutConfig, TrainConfig } from '../train/config';
import type { Dataset } from '../train/dataset/dataset';
import { fileError, readBytes, writeAtomically } from '../train/runs/disk';
import { Trainer } from '../train/trainer';
import { type DataOptions, withDataset } from './dataset';
import { CliError, EXIT } from './errors';
import { interruptible } from './interrupt';
import { named } from './model-file';
import { duration, Progress } from './progress';
import { type ConfigOptions, readSettings } from './settings';

export interface TrainCommandOptions extends ConfigOptions, DataOptions {
  readonly out: string;
  readonly resume?: boolean;
}

const LOG_HEADER = 'step,training_loss,validation_loss,log_spectral_distance_db\n';
/** Share of a new step in the running mean of the loss that is shown. */
const SMOOTHING = 0.05;

/** The files a run keeps in its folder. */
function runFiles(out: string) {
  return {
    model: path.join(out, 'model.safetensors'),
    checkpoint: path.join(out, 'checkpoint.safetensors'),
    log: path.join(out, 'log.csv'),
  };
}

export async function train(assignments: readonly string[], options: TrainCommandOptions): Promise<void> {
  const files = runFiles(options.out);
  const checkpoint = await openCheckpoint(files.checkpoint, options);
  const stored = checkpoint && {
    file: files.checkpoint,
    config: named(files.checkpoint, () => checkpointConfig(checkpoint)),
  };
  const settings = await readSettings(assignments, options, stored);
  const steps = await interruptible('stopping ... (again: at once)', (signal) =>
    withDataset(settings, options, signal, async (dataset) => {
      await prepareFolder(options.out);
      const about = describe(settings.model.about, options, dataset);
      const { workers } = options;
      const trainer = await Trainer.create({ dataset, config: settings, workers, checkpoint }).catch(
        (error) =>
          named<never>(files.checkpoint, () => {
            throw error;
          }),
      );
      try {
        await prepareLog(files.log, trainer.step);
        await follow(trainer, files, about, settings, signal);
        return trainer.step;
      } finally {
        await trainer.close();
      }
    }),
  );
  if (steps < settings.trainer.steps) {
    throw new CliError(
      `stopped at step ${steps}; checkpoint saved, go on with: ${resumption(options)}`,
      EXIT.interrupted,
    );
  }
  process.stderr.write(`${files.model} is ready\n`);
}

/** The checkpoint to go on from; without --resume there must be none, lest it be overwritten. */
async function openCheckpoint(
  file: string,
  { out, resume }: TrainCommandOptions,
): Promise<Uint8Array | undefined> {
  if (resume) return readBytes(file);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new CliError(`${out} holds a run already: add --resume to go on with it, or choose another --out`);
}

/** The command that goes on as the stopped one would have: with as many workers, bit for bit. */
function resumption({ data, db, out, workers }: TrainCommandOptions): string {
  const quote = (text: string) => (/[^\w./:\\-]/.test(text) ? JSON.stringify(text) : text);
  const database = db === undefined ? '' : ` --db ${quote(db)}`;
  const threads = workers === undefined ? '' : ` --workers ${workers}`;
  return `ddsp train --data ${quote(data)}${database} --out ${quote(out)}${threads} --resume`;
}

async function prepareFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    throw fileError(out, 'cannot be made', cause);
  }
}

/** Keeps the rows of the steps before `step`: those from it on are about to be written (again). */
async function prepareLog(log: string, step: number): Promise<void> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const rows = text.split('\n').filter((row) => /^\d/.test(row) && Number.parseInt(row, 10) < step);
  await writeAtomically(log, LOG_HEADER + rows.map((row) => `${row}\n`).join(''));
}

/** What is known without being told, and nothing empty. */
function describe(given: AboutConfig, { data, out }: TrainCommandOptions, { summary }: Dataset): About {
  const minutes = (summary.seconds / 60).toFixed(1);
  const about: About = {
    ...given,
    name: given.name || path.basename(path.resolve(out)),
    trainedOn: given.trainedOn.length
      ? given.trainedOn
      : [`${path.basename(path.resolve(data))}: ${summary.recordings.length} recordings, ${minutes} min`],
  };
  return Object.fromEntries(
    Object.entries(about).filter(([, value]) => value.length > 0),
  ) as unknown as About;
}

/** Runs the trainer to its end (or the signal's), keeping model, checkpoint and log on disk. */
async function follow(
  trainer: Trainer,
  files: ReturnType<typeof runFiles>,
  about: About,
  { trainer: { steps } }: TrainConfig,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress('training', steps);
  const first = trainer.step;
  const started = performance.now();
  let loss: number | null = null;
  try {
    for await (const event of trainer.run({ signal })) {
      if (event.type === 'step') {
        loss = loss === null ? event.loss : loss + SMOOTHING * (event.loss - loss);
        const secondsPerStep = (performance.now() - started) / 1000 / (event.step - first);
        const left = duration((event.steps - event.step) * secondsPerStep);
        progress.update(
          event.step,
          `step ${event.step}/${event.steps}, loss ${loss.toFixed(3)}, ${left} left`,
        );
      } else if (event.type === 'validation') {
        const distance = event.logSpectralDistance.toFixed(2);
        progress.say(`step ${event.step}: validation loss ${event.loss.toFixed(4)}, distance ${distance} dB`);
        const row = [
          event.step,
          loss?.toFixed(6) ?? '',
          event.loss.toFixed(6),
          event.logSpectralDistance.toFixed(4),
        ];
        await appendRow(files.log, row.join());
      } else if (event.type === 'checkpoint') {
        await writeAtomically(files.model, writeModel(trainer.model(about)));
        await writeAtomically(files.checkpoint, event.bytes);
      }
    }
  } finally {
    progress.stop();
  }
}

async function appendRow(file: string, row: string): Promise<void> {
  try {
    await appendFile(file, `${row}\n`);
  } catch (cause) {
    throw fileError(file, 'cannot be written', cause);
  }
}
