/** `ddsp info`: what a model file holds, as JSON. */

import { stat } from 'node:fs/promises';
import { playModule } from '../dsp/play-module';
import { modelTensors } from '../model/tensors';
import { Engine } from '../play/engine';
import { readModelFile } from './model-file';

export async function info(file: string): Promise<void> {
  const { tensors, ...metadata } = await readModelFile(file);
  const engine = new Engine(await playModule(), { ...metadata, tensors }, metadata.sampleRate);
  const report = {
    file,
    bytes: (await stat(file)).size,
    parameters: Object.values(tensors).reduce((total, values) => total + values.length, 0),
    latencySeconds: engine.latency / metadata.sampleRate,
    ...metadata,
    tensors: Object.fromEntries(modelTensors(metadata)),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
