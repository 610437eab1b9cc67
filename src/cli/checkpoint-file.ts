/** Finds the checkpoint of a run. */

import { stat } from 'node:fs/promises';
import { RunFolder } from '../train/run/folder';
import { RUN_FILES } from '../train/run/store';
import { CliError } from './errors';

/**
 * @param source a file, or the folder of a run: then its best checkpoint, or its last
 * @throws CliError for a folder without checkpoints
 */
export async function findCheckpoint(source: string): Promise<string> {
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return source;
  const folder = new RunFolder(source);
  for (const name of [RUN_FILES.best, RUN_FILES.last]) {
    if (await folder.has(name)) return folder.path(name);
  }
  throw new CliError(`${source}: this folder contains no checkpoint (${RUN_FILES.best}, ${RUN_FILES.last})`);
}
