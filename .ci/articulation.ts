/**
 * Gives a model file the articulation that its recordings teach, and changes nothing else of it:
 *
 *   npx tsx .ci/articulation.ts models/violin.safetensors FOLDER data.pitchMin=180
 *
 * FOLDER holds the recordings that the model was trained on; the settings are those of its training.
 */

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { withDataset } from '../src/cli/dataset';
import { readSettings } from '../src/cli/settings';
import { readModel, writeModel } from '../src/model/file';
import { writeAtomically } from '../src/train/run/disk';

const [file, data, ...assignments] = process.argv.slice(2);
if (!data) throw new Error('which model, and where are its recordings? see the beginning of this file');
const model = readModel(await readFile(file));
const settings = await readSettings(assignments, {});
const { signal } = new AbortController();
await withDataset(settings, { data }, signal, async ({ articulation }) => {
  if (!articulation) throw new Error(`${data}: too few notes`);
  const articulated = { ...model, articulation };
  const bytes = writeModel(articulated);
  const { inputs: _, ...decoder } = readModel(bytes).decoder;
  const { inputs: __, ...before } = model.decoder;
  if (!isDeepStrictEqual({ ...readModel(bytes), decoder }, { ...articulated, decoder: before }))
    throw new Error(`${file}: it would change otherwise, too`);
  await writeAtomically(file, bytes);
});
