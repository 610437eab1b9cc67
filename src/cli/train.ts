/** `ddsp train`: trains on a folder of recordings and writes a run folder. */

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../errors';
import { configYaml, type TrainConfig } from '../train/config';
import type { Dataset } from '../train/data/dataset';
import { DatasetError } from '../train/data/source';
import { DivergenceError } from '../train/errors';
import { CheckpointError } from '../train/learn/checkpoint';
import { FIGURES, showFigure } from '../train/learn/metrics/figures';
import { type EndReason, Trainer } from '../train/learn/trainer';
import type { RunFolder } from '../train/run/folder';
import { RunRecorder } from '../train/run/recorder';
import { writeRunFile } from '../train/run/run-file';
import { FileError, LostRunError, RUN_FILES } from '../train/run/store';
import { withDataset } from './dataset';
import { isExpected } from './describe-error';
import { CliError, EXIT } from './errors';
import { interruptible } from './interrupt';
import { readNetwork } from './pitch';
import { say } from './terminal';
import { TrainDisplay } from './train-display';
import { planTraining, quote, resumption, type TrainCommandOptions, type TrainPlan } from './train-plan';

/** A run that is ready to train. */
interface OpenRun {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  readonly trainer: Trainer;
  readonly recorder: RunRecorder;
  readonly display: TrainDisplay;
}

export async function train(assignments: readonly string[], options: TrainCommandOptions): Promise<void> {
  const plan = await planTraining(assignments, options);
  const again = 'stopping after this step; press Ctrl-C again to exit at once';
  try {
    await interruptible(again, (signal) =>
      withDataset(plan.config, plan.run, signal, (dataset) => execute(plan, dataset, signal)),
    );
  } catch (error) {
    if (!(error instanceof DatasetError) || options.resume === undefined) throw error;
    throw new CliError(
      `${error.message} (this run trains on ${plan.run.data}; if it has moved, pass --data)`,
      undefined,
      { cause: error },
    );
  } finally {
    await plan.folder.close();
  }
}

async function execute(plan: TrainPlan, dataset: Dataset, signal: AbortSignal): Promise<void> {
  const { folder, run, checkpoint, pretrained } = plan;
  const config = checkpoint ? plan.config : withAbout(plan.config, plan, dataset);
  const { workers } = run;
  const trainer = await Trainer.create({ dataset, config, workers, checkpoint, pretrained }).catch(
    (error) => {
      throw error instanceof CheckpointError ? notResumed(error, plan) : error;
    },
  );
  try {
    // a resumed run already has its space
    if (!checkpoint) await checkSpace(folder, trainer);
    const configText = configYaml(config);
    await folder.write(RUN_FILES.config, configText);
    // this file marks the folder as a run that can be resumed
    await writeRunFile(folder, { started: new Date().toISOString(), ...run, madeWith: version() });
    const display = new TrainDisplay(trainer, config.trainer.steps, config.trainer.bestBy);
    const recorder = await RunRecorder.start({
      store: folder,
      trainer,
      dataset,
      config,
      configText,
      resumed: checkpoint !== undefined,
      network: await readNetwork(config.data.f0),
      onWarning: (message) => display.say(message),
    });
    display.say(`report: ${pathToFileURL(path.resolve(folder.path(RUN_FILES.report)))}`);
    await follow({ folder, config, trainer, recorder, display }, signal);
  } finally {
    await trainer.close();
  }
}

function notResumed(error: CheckpointError, { folder, run }: TrainPlan): CliError {
  const weights = quote(folder.path(RUN_FILES.best));
  return new CliError(
    `${folder.path(RUN_FILES.last)}: ${error.message}; a new run can start from the best weights of this one: ` +
      `ddsp train --from ${weights} --data ${quote(run.data)} --out <folder>`,
    undefined,
    { cause: error },
  );
}

async function follow(run: OpenRun, signal: AbortSignal): Promise<void> {
  const { trainer, recorder, display, folder } = run;
  let reason: EndReason = 'aborted';
  try {
    for await (const event of trainer.run({ signal })) {
      await recorder.record(event);
      display.show(event);
      if (event.type === 'end') reason = event.reason;
    }
  } catch (error) {
    display.stop();
    throw await failure(error, run);
  }
  display.stop();
  if (reason === 'aborted') {
    const note = `stopped at step ${trainer.step}; everything is saved; resume with: ${resumption(folder)}`;
    await recorder.end('stopped', note);
    throw new CliError(note, EXIT.interrupted);
  }
  await recorder.end('finished', summary(run, reason));
  say(summary(run, reason));
  say(`${folder.path(RUN_FILES.model)} is ready`);
}

/** Saves a checkpoint if possible and explains how to resume. */
async function failure(error: unknown, { trainer, recorder, folder }: OpenRun): Promise<Error> {
  if (error instanceof LostRunError) return lost(error, trainer);
  const diverged = error instanceof DivergenceError;
  if (!diverged && !(error instanceof FileError)) {
    // a worker or its data failed; the parameters are still good
    const { step } = trainer;
    const checkpoint = { type: 'checkpoint', step, bytes: trainer.checkpoint(), best: false } as const;
    await recorder.record(checkpoint).catch(() => {});
  }
  const message = messageOf(error);
  const smaller = diverged ? ' optimizer.learningRate=<smaller>' : '';
  const saved =
    recorder.savedStep < 0
      ? 'nothing was saved yet'
      : `the last good checkpoint is ${folder.path(RUN_FILES.last)}, step ${recorder.savedStep}`;
  const note = `${message}; ${saved}; resume with: ${resumption(folder)}${smaller}`;
  await recorder.end('failed', note);
  if (!isExpected(error)) return new Error(note, { cause: error });
  return new CliError(note, diverged ? EXIT.diverged : EXIT.failed, { cause: error });
}

/** The folder is gone, so nothing can be saved. */
function lost(error: LostRunError, { step }: Trainer): CliError {
  const remedy = 'restore it and resume from its last checkpoint, or start a new run';
  return new CliError(`step ${step}: ${error.message}; ${remedy}`, EXIT.failed, { cause: error });
}

function summary({ trainer, config }: OpenRun, reason: EndReason): string {
  const { best } = trainer.progress;
  const { bestBy: figure, patience } = config.trainer;
  const why = reason === 'patience' ? `no improvement in ${patience} validations` : 'all steps are done';
  const top = best
    ? `; best: step ${best.step}, held-out ${FIGURES[figure].label} ${showFigure(figure, best[figure])}`
    : '';
  return `step ${trainer.step}: ${why}${top}`;
}

/** Fills in name and data where the configuration leaves them empty. */
function withAbout(config: TrainConfig, { folder, run }: TrainPlan, { summary }: Dataset): TrainConfig {
  const { about } = config.model;
  const minutes = (summary.seconds / 60).toFixed(1);
  const learnedFrom = `${path.basename(run.data)}: ${summary.recordings.length} recordings, ${minutes} min`;
  return {
    ...config,
    model: {
      ...config.model,
      about: {
        ...about,
        name: about.name || path.basename(path.resolve(folder.location)),
        trainedOn: about.trainedOn.length > 0 ? about.trainedOn : [learnedFrom],
      },
    },
  };
}

/** Estimated space for logs, report, samples and model. */
const BESIDE_CHECKPOINTS = 16 * 2 ** 20;

/** Checks free disk space before hours of training. */
async function checkSpace(folder: RunFolder, trainer: Trainer): Promise<void> {
  const free = await folder.free();
  // last, best, and one being written
  const needed = 3 * trainer.checkpoint().length + BESIDE_CHECKPOINTS;
  if (free === null || free >= needed) return;
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  throw new CliError(
    `${folder.location}: a run needs about ${mebibytes(needed)} MiB, but only ${mebibytes(free)} MiB are free: ` +
      'free some space, or choose another place',
  );
}

function version(): string {
  return createRequire(import.meta.url)('ddsp-worklet/package.json').version;
}
