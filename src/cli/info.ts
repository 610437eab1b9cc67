/** `ddsp info`: what a model file holds, as JSON. */

import { Engine } from '../engine/engine';
import { playModule } from '../engine/play-module';
import { readModel } from '../model/file';
import { modelTensors } from '../model/tensors';
import { readBytes } from './files';

export async function info(file: string): Promise<void> {
  const bytes = await readBytes(file);
  const { tensors, ...metadata } = readModel(bytes);
  const engine = new Engine(await playModule(), { ...metadata, tensors }, metadata.sampleRate);
  const report = {
    file,
    bytes: bytes.length,
    parameters: Object.values(tensors).reduce((total, values) => total + values.length, 0),
    latencySeconds: engine.latency / metadata.sampleRate,
    ...metadata,
    tensors: Object.fromEntries(modelTensors(metadata)),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
