/** `ddsp info`: what a model file holds, as JSON. */

import { stat } from 'node:fs/promises';
import { modelTensors } from '../model/tensors';
import { latencyOf } from './latency';
import { readModelFile } from './model-file';
import { printableJson } from './terminal';

export async function info(file: string): Promise<void> {
  const { tensors, ...metadata } = await readModelFile(file);
  const report = {
    file,
    bytes: (await stat(file)).size,
    parameters: Object.values(tensors).reduce((total, values) => total + values.length, 0),
    latencySeconds: await latencyOf({ ...metadata, tensors }),
    ...metadata,
    tensors: Object.fromEntries(modelTensors(metadata)),
  };
  process.stdout.write(`${printableJson(report)}\n`);
}
