/** Plans `ddsp train`: a new run, or a run to resume. */

import path from 'node:path';
import type { Model } from '../model/model';
import type { TrainConfig } from '../train/config';
import { readPretrained } from '../train/learn/pretrained';
import { identityOf, readBytes } from '../train/run/disk';
import { RunFolder } from '../train/run/folder';
import { type RunFile, readRunFile } from '../train/run/run-file';
import { RUN_FILES, RUN_FOLDERS } from '../train/run/store';
import { findCheckpoint } from './checkpoint-file';
import { CliError, EXIT } from './errors';
import { named } from './model-file';
import { type ConfigOptions, readSettings } from './settings';

export interface TrainCommandOptions extends ConfigOptions {
  readonly data?: string;
  readonly db?: string;
  readonly out?: string;
  readonly workers?: number;
  /** folder of a run */
  readonly resume?: string;
  /** model file, checkpoint, or folder of a run */
  readonly from?: string;
}

export interface TrainPlan {
  /** open, so no other process can train in it */
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  readonly run: Pick<RunFile, 'data' | 'db' | 'workers' | 'from'> & Partial<RunFile>;
  /** the last checkpoint of a resumed run; undefined if it was killed before the first */
  readonly checkpoint?: Uint8Array;
  readonly pretrained?: Model;
}

/** @throws CliError, FileError naming the option, file or key that is wrong */
export async function planTraining(
  assignments: readonly string[],
  options: TrainCommandOptions,
): Promise<TrainPlan> {
  const { resume } = options;
  const folder = new RunFolder(resume ?? required(options.out, '--out'));
  if (resume === undefined) {
    await refuseMixing(required(options.data, '--data'), folder);
  } else {
    refuseBeside(options);
    // before `open` creates a missing folder
    await readRunFile(folder);
  }
  await folder.open();
  try {
    // after locking, so no other process can write there
    if (resume === undefined) await refuseOverwriting(folder);
    return resume === undefined
      ? await planNew(assignments, options, folder)
      : await planResumed(assignments, options, folder);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function planNew(
  assignments: readonly string[],
  options: TrainCommandOptions,
  folder: RunFolder,
): Promise<TrainPlan> {
  const { from, workers } = options;
  const weights = from === undefined ? undefined : await findCheckpoint(from);
  const pretrained = weights === undefined ? undefined : await readWeights(weights);
  const stored = pretrained && { config: graphOf(pretrained), file: weights! };
  return {
    folder,
    config: withWholePaths(await readSettings(assignments, options, stored)),
    run: {
      data: path.resolve(options.data!),
      db: resolved(options.db),
      workers,
      from: resolved(weights),
    },
    pretrained,
  };
}

async function planResumed(
  assignments: readonly string[],
  options: TrainCommandOptions,
  folder: RunFolder,
): Promise<TrainPlan> {
  const run = await readRunFile(folder);
  const files = [folder.path(RUN_FILES.config), ...(options.config ?? [])];
  const config = await readSettings(assignments, { config: files });
  const checkpoint = (await folder.read(RUN_FILES.last)) ?? undefined;
  const begins = checkpoint === undefined && run.from !== undefined;
  return {
    folder,
    config,
    run: {
      ...run,
      data: resolved(options.data) ?? run.data,
      db: resolved(options.db) ?? run.db,
      workers: options.workers ?? run.workers,
    },
    checkpoint,
    pretrained: begins ? await readWeights(run.from!) : undefined,
  };
}

async function readWeights(file: string): Promise<Model> {
  const bytes = await readBytes(file);
  return named(file, () => readPretrained(bytes));
}

/** The configuration sections that the weights depend on. */
function graphOf({ sampleRate, frameRate, analysis, decoder, synth }: Model) {
  return { model: { sampleRate, frameRate, analysis, decoder }, synth };
}

function withWholePaths(config: TrainConfig): TrainConfig {
  const { f0 } = config.data;
  const network = f0.network && path.resolve(f0.network);
  return { ...config, data: { ...config.data, f0: { ...f0, network } } };
}

/** Absolute, so that the run can be resumed from any directory. */
function resolved(file: string | undefined): string | undefined {
  return file === undefined ? undefined : path.resolve(file);
}

function required(value: string | undefined, option: string): string {
  if (value === undefined)
    throw new CliError(`${option} is missing: a new run needs --data and --out`, EXIT.usage);
  return value;
}

function refuseBeside({ out, from }: TrainCommandOptions): void {
  if (out !== undefined)
    throw new CliError(
      '--out cannot be combined with --resume: a run is resumed in its own folder',
      EXIT.usage,
    );
  if (from !== undefined)
    throw new CliError(
      '--from cannot be combined with --resume: a run is resumed from its own checkpoint',
      EXIT.usage,
    );
}

/** A run inside the folder of recordings would mix its samples with them, or overwrite them. */
async function refuseMixing(data: string, folder: RunFolder): Promise<void> {
  const recordings = await identityOf(data);
  if (!recordings) return;
  for (const part of ['', ...Object.values(RUN_FOLDERS)]) {
    if ((await identityOf(folder.path(part))) !== recordings) continue;
    throw new CliError(
      `--out: ${folder.location} would write into the folder of the recordings, ${data}; ` +
        `choose another folder, e.g. ${path.join(folder.location, 'run')}`,
      EXIT.usage,
    );
  }
}

async function refuseOverwriting(folder: RunFolder): Promise<void> {
  for (const name of Object.values(RUN_FILES)) {
    if (!(await folder.has(name))) continue;
    const remedy = (await folder.has(RUN_FILES.run))
      ? `resume it with ${resumption(folder)}, or choose another --out`
      : 'choose another --out';
    throw new CliError(
      `${folder.location} already contains ${name}, which a new run would replace: ${remedy}`,
    );
  }
  for (const name of Object.values(RUN_FOLDERS)) {
    if ((await folder.list(name)).length === 0) continue;
    throw new CliError(
      `${folder.path(name)} already contains files, which would be mixed with those of a new run: choose another --out`,
    );
  }
}

/** The command that resumes the run. */
export function resumption({ location }: RunFolder): string {
  return `ddsp train --resume ${quote(location)}`;
}

/** Quotes text for a shell. */
export function quote(text: string): string {
  if (!/[^\w./:\\-]/.test(text)) return text;
  return process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
