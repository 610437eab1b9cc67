/** `ddsp export --format ckpt` and `onnx`: a model as a checkpoint of realtimeDDSP, its decoder as an ONNX file. */

import path from 'node:path';
import { exportCheckpoint } from '../model/export/checkpoint';
import { exportDecoder, withNetwork } from '../model/export/onnx/decoder';
import { readModel, writeModel } from '../model/file';
import { FORMAT } from '../model/format';
import type { Model } from '../model/model';
import { readHeader } from '../model/safetensors';
import { checkpointModel } from '../train/learn/checkpoint';
import { readBytes, writeAtomically } from '../train/run/disk';
import { findCheckpoint } from './checkpoint-file';
import { CliError, EXIT } from './errors';
import { named } from './model-file';
import { checkOutput } from './output';
import { say } from './terminal';

/** The `export.py` of realtimeDDSP always writes Neutone models with these rates. */
const NEUTONE = { sampleRate: 48_000, frameRate: 50 } as const;

export type ForeignFormat = 'ckpt' | 'onnx';

const NAMES = { ckpt: 'a checkpoint of realtimeDDSP', onnx: 'a decoder for other programs' } as const;

/**
 * @param source a model file, a checkpoint, or the folder of a run
 * @param out the file to write; default: beside the source, with the ending of the format
 */
export async function exportForeign(
  source: string,
  assignments: readonly string[],
  format: ForeignFormat,
  out: string | undefined,
): Promise<void> {
  if (assignments.length > 0)
    throw new CliError(`"${assignments[0]}": ${NAMES[format]} has no settings`, EXIT.usage);
  const file = await findCheckpoint(source);
  const { dir, name } = path.parse(file);
  const target = out ?? path.join(dir, `${name}.${format}`);
  const beside = `${target}.safetensors`;
  for (const written of format === 'onnx' ? [target, beside] : [target]) await checkOutput(written, [file]);
  const bytes = await readBytes(file);
  const model = named(file, () => modelOf(bytes));
  if (format === 'ckpt') await writeCheckpoint(file, model, target);
  else await writeDecoder(file, model, target, beside);
}

async function writeCheckpoint(file: string, model: Model, target: string): Promise<void> {
  await writeAtomically(
    target,
    named(file, () => exportCheckpoint(model)),
  );
  say(`${target}: ${NAMES.ckpt}, weights only`);
  const { sampleRate, frameRate } = model;
  if (sampleRate !== NEUTONE.sampleRate || frameRate !== NEUTONE.frameRate)
    say(
      `Its export.py always plays at 48000 Hz and 50 frames a second; this model has ${sampleRate} Hz and ${frameRate}`,
    );
}

/** @param beside file of the model that names the decoder */
async function writeDecoder(file: string, model: Model, target: string, beside: string): Promise<void> {
  const decoder = named(file, () => exportDecoder(model));
  const rest = named(file, () => writeModel(withNetwork(model, path.basename(target))));
  await writeAtomically(target, decoder);
  await writeAtomically(beside, rest);
  say(`${target}: the decoder; ${beside}: the model that plays with it`);
}

function modelOf(bytes: Uint8Array): Model {
  return readHeader(bytes).metadata.format === FORMAT ? readModel(bytes) : checkpointModel(bytes);
}
