/** Checkpoints: parameters, Adam's moments and the step, in a safetensors file of their own format. */

import { readEntries, readHeader, type TensorBytes, writeContainer } from '../model/safetensors';
import { modelConfig, type TrainConfig } from './config';
import type { AdamState } from './optimizer';
import type { ParameterLayout } from './parameters';

export type Checkpoint = AdamState;

const FORMAT = 'ddsp-checkpoint';
const VERSION = '2';
const PARTS = ['parameters', 'firstMoments', 'secondMoments'] as const;

/** A checkpoint that cannot be gone on from; the message says why. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
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
  return writeContainer(
    { format: FORMAT, version: VERSION, step: String(state.step), config: JSON.stringify(config) },
    tensors,
  );
}

/** The configuration a checkpoint was made with. */
export function checkpointConfig(bytes: Uint8Array): TrainConfig {
  return JSON.parse(metadata(bytes, 'config'));
}

/**
 * @param config the run's; its model part (rates, analysis, decoder, synth) must be the checkpoint's
 * @throws CheckpointError for another file, another version or another model
 * @throws ModelError for a truncated or damaged file
 */
export function readCheckpoint(bytes: Uint8Array, config: TrainConfig, layout: ParameterLayout): Checkpoint {
  const theirs = modelConfig(checkpointConfig(bytes));
  const ours = modelConfig(config);
  for (const section of Object.keys(ours) as (keyof typeof ours)[]) {
    const [a, b] = [JSON.stringify(theirs[section]), JSON.stringify(ours[section])];
    if (a !== b)
      throw new CheckpointError(
        `the checkpoint's ${section} is ${a}, the configuration's ${b}: leave it as it was, or start a new run`,
      );
  }
  const { tensors, dataStart } = readHeader(bytes);
  const entries = readEntries(tensors, bytes.length - dataStart);
  const read = (part: string): Float32Array => {
    const values = new Float32Array(layout.size);
    for (const { name, offset, size } of layout.slots) {
      const entry = entries.get(`${part}.${name}`);
      if (entry?.dtype !== 'F32' || entry.end - entry.begin !== 4 * size) {
        throw new CheckpointError(`the checkpoint's tensor ${part}.${name} is missing or of another size`);
      }
      // not bytes.slice: the slices of Node's Buffers share memory
      const copy = new Uint8Array(bytes.subarray(dataStart + entry.begin, dataStart + entry.end));
      values.set(new Float32Array(copy.buffer), offset);
    }
    return values;
  };
  const step = Number(metadata(bytes, 'step'));
  if (!Number.isSafeInteger(step) || step < 0) throw new CheckpointError(`the checkpoint's step is ${step}`);
  const [parameters, firstMoments, secondMoments] = PARTS.map(read);
  return { step, parameters, firstMoments, secondMoments };
}

function metadata(bytes: Uint8Array, field: string): string {
  const { metadata: found } = readHeader(bytes);
  if (found.format !== FORMAT) throw new CheckpointError(`not a checkpoint: its format is ${found.format}`);
  if (found.version !== VERSION) {
    throw new CheckpointError(
      `a checkpoint of version ${found.version}; this library goes on from version ${VERSION} only: start a new run`,
    );
  }
  const value = found[field];
  if (typeof value !== 'string') throw new CheckpointError(`the checkpoint has no ${field}`);
  return value;
}
