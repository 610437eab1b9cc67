/** `ddsp export`: writes a checkpoint as a model file with a card and rendered held-out recordings. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AS_RECORDED } from '../analysis/listening';
import { decodeAudio } from '../audio/decode';
import { writeWav } from '../audio/wav';
import { messageOf } from '../errors';
import { readModel, writeModel } from '../model/file';
import type { Model } from '../model/model';
import { listeningLatency } from '../play/latency';
import { UNMATCHED } from '../play/matching/options';
import { renderOffline } from '../play/render';
import { about, configYaml, datasetOptions, defaultConfig, type TrainConfig } from '../train/config';
import { PitchNetwork } from '../train/data/pitch/neural/network';
import { checkpointModel, checkpointSummary } from '../train/learn/checkpoint';
import { compareSounds, type SoundPair } from '../train/learn/metrics/compare-sounds';
import type { Yardsticks } from '../train/learn/metrics/yardsticks';
import { modelCard } from '../train/run/card';
import { fileError, identityOf, readBytes, writeAtomically } from '../train/run/disk';
import { RunFolder } from '../train/run/folder';
import { readRunFile } from '../train/run/run-file';
import { EXPORT_FILES, RUN_FOLDERS } from '../train/run/store';
import { findCheckpoint } from './checkpoint-file';
import { CliError, EXIT } from './errors';
import { exportForeign, type ForeignFormat } from './export-foreign';
import { named } from './model-file';
import { protectInputs } from './output';
import { readNetwork } from './pitch';
import { ProgressBar } from './progress-bar';
import { readSettings } from './settings';
import { say } from './terminal';

export interface ExportOptions {
  readonly out?: string;
  readonly format?: 'model' | ForeignFormat;
}

interface Sample {
  readonly original: string;
  readonly reconstruction: string;
  readonly sounds: SoundPair;
}

/**
 * @param source a checkpoint, or a run, whose best one is taken
 * @param assignments of a model file: changes to model.about; nothing else of a trained model can be changed
 */
export async function exportModel(
  source: string,
  assignments: readonly string[],
  { out, format = 'model' }: ExportOptions,
): Promise<void> {
  if (format !== 'model') return exportForeign(source, assignments, format, out);
  const file = await findCheckpoint(source);
  const bytes = await readBytes(file);
  const checkpoint = named(file, () => checkpointSummary(bytes));
  const config = await describe(assignments, checkpoint.config, file);
  const trained = { ...named(file, () => checkpointModel(bytes)), about: about(config) };
  const run = runOf(file);
  const folder = out ?? path.join(run.location, EXPORT_FILES.folder);
  await refuseMixing(folder, run);
  await protectInputs(path.join(folder, EXPORT_FILES.model), [file]);
  await protectInputs(path.join(folder, EXPORT_FILES.card), [file]);
  await makeFolder(folder);
  const modelBytes = writeModel(trained);
  // the card and the samples describe the file, whose weights are rounded to float16
  const model = readModel(modelBytes);
  await writeAtomically(path.join(folder, EXPORT_FILES.model), modelBytes);
  const samples = await playSamples(model, run, folder);
  const card = modelCard({
    file: EXPORT_FILES.model,
    bytes: modelBytes.length,
    about: model.about,
    parameters: Object.values(model.tensors).reduce((total, values) => total + values.length, 0),
    latencySeconds: listeningLatency(model, model.sampleRate) / model.sampleRate,
    statistics: model.statistics,
    checkpoint,
    configText: configYaml(config),
    samples,
    yardsticks: await measure(samples, config),
  });
  await writeAtomically(path.join(folder, EXPORT_FILES.card), card);
  const heard =
    samples.length > 0
      ? `${samples.length} held-out recordings with their reconstructions`
      : `no samples (there is no ${RUN_FOLDERS.samples} folder beside the checkpoint)`;
  say(`${folder}: ${EXPORT_FILES.model} (step ${checkpoint.step}), ${EXPORT_FILES.card}, ${heard}`);
}

/** The run that contains the checkpoint, directly or in its folder of checkpoints. */
function runOf(checkpoint: string): RunFolder {
  const folder = path.dirname(checkpoint);
  return new RunFolder(path.basename(folder) === RUN_FOLDERS.checkpoints ? path.dirname(folder) : folder);
}

/** The trained configuration with another `about`: nothing else of a trained model can change. */
async function describe(
  assignments: readonly string[],
  trained: TrainConfig,
  file: string,
): Promise<TrainConfig> {
  const stored = { model: { about: trained.model.about } };
  const told = await readSettings(assignments, {}, { config: stored, file });
  const others = (config: TrainConfig) => ({ ...config, model: { ...config.model, about: null } });
  if (JSON.stringify(others(told)) !== JSON.stringify(others(defaultConfig)))
    throw new CliError('only model.about can be changed in a trained model', EXIT.usage);
  return { ...trained, model: { ...trained.model, about: told.model.about } };
}

/** An export must not replace the files of a run, or add its sounds to the recordings of one. */
async function refuseMixing(folder: string, run: RunFolder): Promise<void> {
  const identity = await identityOf(folder);
  if (!identity) return;
  const remedy = 'choose another --out';
  for (const part of ['', ...Object.values(RUN_FOLDERS)]) {
    if ((await identityOf(run.path(part))) === identity)
      throw new CliError(`--out: ${folder} belongs to the run itself; ${remedy}`, EXIT.usage);
  }
  // a checkpoint outside a run does not say where its recordings are
  const data = await readRunFile(run).then(
    (found) => found.data,
    () => null,
  );
  if (data && (await identityOf(data)) === identity)
    throw new CliError(`--out: ${folder} is the folder of the recordings; ${remedy}`, EXIT.usage);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw fileError(folder, 'cannot be made', cause);
  }
}

/** Renders the run's held-out recordings. */
async function playSamples(model: Model, run: RunFolder, folder: string): Promise<Sample[]> {
  const names = (await run.list(RUN_FOLDERS.samples)).filter((name) => name.endsWith('.wav'));
  const progress = new ProgressBar('playing', names.length);
  const samples: Sample[] = [];
  try {
    for (const [i, name] of names.entries()) {
      const bytes = await readBytes(run.path(path.join(RUN_FOLDERS.samples, name)));
      const { channels, sampleRate } = await decodeAudio(bytes, name);
      const played = await renderOffline(model, channels[0], {
        sampleRate,
        listening: AS_RECORDED,
        matching: UNMATCHED,
      });
      const sample = {
        original: name.replace(/\.wav$/, '-original.wav'),
        reconstruction: name.replace(/\.wav$/, '-reconstruction.wav'),
        sounds: { model: played, recording: channels[0] },
      };
      await writeAtomically(path.join(folder, sample.original), bytes);
      await writeAtomically(path.join(folder, sample.reconstruction), writeWav(played, sampleRate));
      samples.push(sample);
      progress.update(i + 1);
    }
  } finally {
    progress.stop();
  }
  return samples;
}

/** The yardsticks of the samples, which a run keeps at the model's rate. */
async function measure(samples: readonly Sample[], config: TrainConfig): Promise<Yardsticks> {
  const network = await findNetwork(config);
  try {
    const sounds = samples.map((sample) => sample.sounds);
    return (await compareSounds(sounds, datasetOptions(config), network)).yardsticks;
  } finally {
    await network?.close();
  }
}

/** The network of the run; null when there is none, or when it is gone. */
async function findNetwork({ data }: TrainConfig): Promise<PitchNetwork | null> {
  try {
    const file = await readNetwork(data.f0);
    return file ? await PitchNetwork.load(file) : null;
  } catch (error) {
    say(`${messageOf(error)}; pYIN tracks the pitch instead`);
    return null;
  }
}
