/** `ddsp export --format ckpt`: a model as a checkpoint of realtimeDDSP. */

import path from 'node:path';
import { exportCheckpoint } from '../model/export/checkpoint';
import { readModel } from '../model/file';
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

/**
 * @param source a model file, a checkpoint, or the folder of a run
 * @param out the file to write; default: beside the source, with the ending `.ckpt`
 */
export async function exportForeign(
  source: string,
  assignments: readonly string[],
  out: string | undefined,
): Promise<void> {
  if (assignments.length > 0)
    throw new CliError(`"${assignments[0]}": a checkpoint of realtimeDDSP has no settings`, EXIT.usage);
  const file = await findCheckpoint(source);
  const { dir, name } = path.parse(file);
  const target = out ?? path.join(dir, `${name}.ckpt`);
  await checkOutput(target, [file]);
  const bytes = await readBytes(file);
  const model = named(file, () => modelOf(bytes));
  await writeAtomically(
    target,
    named(file, () => exportCheckpoint(model)),
  );
  say(`${target}: a checkpoint of realtimeDDSP, weights only`);
  const { sampleRate, frameRate } = model;
  if (sampleRate !== NEUTONE.sampleRate || frameRate !== NEUTONE.frameRate)
    say(
      `Its export.py always plays at 48000 Hz and 50 frames a second; this model has ${sampleRate} Hz and ${frameRate}`,
    );
}

function modelOf(bytes: Uint8Array): Model {
  return readHeader(bytes).metadata.format === FORMAT ? readModel(bytes) : checkpointModel(bytes);
}
