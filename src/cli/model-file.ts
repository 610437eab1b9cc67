/** Reads model files and checkpoints; errors name the path. */

import { ModelError } from '../model/errors';
import { readModel } from '../model/file';
import type { Model } from '../model/model';
import { CheckpointError } from '../train/learn/checkpoint';
import { readBytes } from '../train/run/disk';
import { CliError } from './errors';

/** Runs `work` on the contents of `file` and adds the path to its errors. */
export function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ModelError || cause instanceof CheckpointError)) throw cause;
    throw new CliError(`${file}: ${cause.message}`, undefined, { cause });
  }
}

export async function readModelFile(file: string): Promise<Model> {
  const bytes = await readBytes(file);
  return named(file, () => readModel(bytes));
}
