/**
 * Checkpoints: parameters, Adam's moments, step, progress, and facts about the data, in a safetensors file
 * with its own format name.
 */

import { DdspError, type DdspErrorOptions } from '../../errors';
import { ModelError } from '../../model/errors';
import type { Articulation, Model, Statistics } from '../../model/model';
import { readEntries, readHeader, type TensorBytes, writeContainer } from '../../model/safetensors';
import { about, modelConfig, type TrainConfig } from '../config';
import { isWhole, sealCheckpoint, UNSEALED } from './checkpoint-seal';
import type { AdamState } from './optimizer';
import { finishedTensors, type ParameterLayout, parameterLayout } from './parameters';
import type { ProgressState } from './training-progress';

export interface Checkpoint extends AdamState {
  readonly progress: ProgressState;
  readonly data: TrainedOn;
}

/** The data that a checkpoint was trained on. */
export interface TrainedOn {
  /** of the dataset */
  readonly fingerprint: string;
  readonly statistics: Statistics;
  /** undefined: too few notes to learn it, or a checkpoint of an older library */
  readonly articulation?: Articulation;
}

/** A checkpoint without its tensors. */
export interface CheckpointSummary {
  readonly step: number;
  readonly config: TrainConfig;
  readonly progress: ProgressState;
  readonly data: TrainedOn;
}

const FORMAT = 'ddsp-checkpoint';
const VERSION = '3';
/** The version without a checksum. */
const UNCHECKED_VERSION = '2';
const PARTS = ['parameters', 'firstMoments', 'secondMoments'] as const;

/** A checkpoint that cannot be used; the message says why. */
export class CheckpointError extends DdspError {
  override readonly name = 'CheckpointError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('checkpoint', message, options);
  }
}

export function writeCheckpoint(
  state: Checkpoint,
  layout: ParameterLayout,
  config: TrainConfig,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, TensorBytes>();
  for (const part of PARTS) {
    for (const { name, shape, offset, size } of layout.slots) {
      const values = state[part].slice(offset, offset + size);
      tensors.set(`${part}.${name}`, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) });
    }
  }
  const { step, progress, data } = state;
  const file = writeContainer(
    {
      format: FORMAT,
      version: VERSION,
      checksum: UNSEALED,
      step: String(step),
      config: JSON.stringify(config),
      progress: JSON.stringify(progress),
      data: JSON.stringify(data),
    },
    tensors,
  );
  return sealCheckpoint(file);
}

/** @throws CheckpointError when the file is damaged, not a checkpoint, or of another version */
export function checkpointSummary(bytes: Uint8Array): CheckpointSummary {
  const metadata = readMetadata(bytes);
  const step = field<number>(metadata, 'step');
  if (!Number.isSafeInteger(step) || step < 0) throw new CheckpointError(`the checkpoint's step is ${step}`);
  return {
    step,
    config: field(metadata, 'config'),
    progress: field(metadata, 'progress'),
    data: field(metadata, 'data'),
  };
}

/**
 * @param config of the run; its model (rates, analysis, decoder, synth) must equal the checkpoint's
 * @param fingerprint of the run's dataset; must equal the checkpoint's
 * @throws CheckpointError when the file is damaged, not a checkpoint, or of another model or dataset
 */
export function readCheckpoint(
  bytes: Uint8Array,
  config: TrainConfig,
  layout: ParameterLayout,
  fingerprint: string,
): Checkpoint {
  const { step, progress, data, config: theirConfig } = checkpointSummary(bytes);
  const theirs = modelConfig(theirConfig);
  const ours = modelConfig(config);
  for (const section of Object.keys(ours) as (keyof typeof ours)[]) {
    const [a, b] = [JSON.stringify(theirs[section]), JSON.stringify(ours[section])];
    if (a !== b)
      throw new CheckpointError(
        `the checkpoint's ${section} is ${a}, the configuration's ${b}: keep it unchanged, or start a new run`,
      );
  }
  if (data.fingerprint !== fingerprint)
    throw new CheckpointError(
      'the recordings or data settings are not the ones this checkpoint was trained on: ' +
        'restore them, or start a new run',
    );
  const [parameters, firstMoments, secondMoments] = readParts(bytes, layout, PARTS);
  return { step, parameters, firstMoments, secondMoments, progress, data };
}

/**
 * The model at a checkpoint.
 * @throws CheckpointError when the file is damaged, not a checkpoint, or of another version
 */
export function checkpointModel(bytes: Uint8Array): Model {
  const { config, data } = checkpointSummary(bytes);
  const model = modelConfig(config);
  const layout = parameterLayout(model);
  const [parameters] = readParts(bytes, layout, ['parameters']);
  return {
    ...model,
    statistics: data.statistics,
    articulation: data.articulation,
    about: about(config),
    tensors: finishedTensors(model, layout, parameters),
  };
}

/** Whether the header identifies a checkpoint; false for a damaged header. */
export function isCheckpoint(bytes: Uint8Array): boolean {
  try {
    return readHeader(bytes).metadata.format === FORMAT;
  } catch {
    return false;
  }
}

function readParts(bytes: Uint8Array, layout: ParameterLayout, parts: readonly string[]): Float32Array[] {
  return damaged(() => {
    const { tensors, dataStart } = readHeader(bytes, 'checkpoint');
    const entries = readEntries(tensors, bytes.length - dataStart);
    return parts.map((part) => {
      const values = new Float32Array(layout.size);
      for (const { name, offset, size } of layout.slots) {
        const entry = entries.get(`${part}.${name}`);
        if (entry?.dtype !== 'F32' || entry.end - entry.begin !== 4 * size) {
          throw new CheckpointError(`the checkpoint's tensor ${part}.${name} is missing or of another size`);
        }
        // not bytes.slice: slices of Node's Buffers share memory
        const copy = new Uint8Array(bytes.subarray(dataStart + entry.begin, dataStart + entry.end));
        values.set(new Float32Array(copy.buffer), offset);
      }
      return values;
    });
  });
}

function readMetadata(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { metadata, tensors, dataStart } = damaged(() => readHeader(bytes, 'checkpoint'));
  const { format, version, checksum } = metadata;
  if (format !== FORMAT) throw new CheckpointError(`not a checkpoint: its format is ${format}`);
  if (version !== VERSION && version !== UNCHECKED_VERSION)
    throw new CheckpointError(`a checkpoint of version ${version}; this library reads version ${VERSION}`);
  if ((version === VERSION || checksum !== undefined) && !isWhole(bytes)) {
    // report truncation as such
    damaged(() => readEntries(tensors, bytes.length - dataStart));
    throw new CheckpointError(
      'the checkpoint is damaged: its content does not match its checksum; use another checkpoint of the run',
    );
  }
  return metadata;
}

function field<T>(metadata: Readonly<Record<string, unknown>>, name: string): T {
  const json = metadata[name];
  if (typeof json !== 'string') throw new CheckpointError(`the checkpoint has no ${name}`);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new CheckpointError(`the checkpoint's ${name} is not JSON: it is damaged`, { cause });
  }
}

/** Turns errors of the container into a CheckpointError. */
function damaged<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ModelError) throw new CheckpointError(cause.message, { cause });
    throw cause;
  }
}
