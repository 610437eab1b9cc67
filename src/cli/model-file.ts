/** Reads model files and checkpoints; errors name the path. */

import { ModelError } from '../model/errors';
import { readModel } from '../model/file';
import type { Model } from '../model/model';
import { instrumentFor } from '../play/prepare';
import { CheckpointError } from '../train/learn/checkpoint';
import { readBytes } from '../train/run/disk';
import { CliError } from './errors';

/** Runs `work` on the contents of `file` and adds the path to its errors. */
export function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw withName(file, cause);
  }
}

/** Reads a model file. @throws CliError when it is damaged, or plays nothing */
export async function readModelFile(file: string): Promise<Model> {
  const bytes = await readBytes(file);
  const model = named(file, () => readModel(bytes));
  await instrumentFor(model, model.sampleRate).catch((cause) => {
    throw withName(file, cause);
  });
  return model;
}

function withName(file: string, cause: unknown): unknown {
  if (!(cause instanceof ModelError || cause instanceof CheckpointError)) return cause;
  return new CliError(`${file}: ${cause.message}`, undefined, { cause });
}
