/** `ddsp info`: prints the contents of a model file as JSON. */

import { stat } from 'node:fs/promises';
import { modelTensors } from '../model/tensors';
import { instrumentCost } from '../play/cost';
import { listeningLatency } from '../play/latency';
import { readModelFile } from './model-file';
import { printableJson } from './terminal';

export async function info(file: string): Promise<void> {
  const model = await readModelFile(file);
  const { tensors, ...metadata } = model;
  const cost = instrumentCost(metadata, metadata.sampleRate);
  const report = {
    file,
    bytes: (await stat(file)).size,
    parameters: Object.values(tensors).reduce((total, values) => total + values.length, 0),
    latencySeconds: listeningLatency(metadata, metadata.sampleRate) / metadata.sampleRate,
    estimatedCost: {
      setUpSeconds: round(cost.setUp),
      memoryBytes: Math.round(cost.memory),
      cpuSecondsPerSecond: round(cost.playing),
    },
    ...metadata,
    articulation: metadata.articulation ?? 'none learned: notes are played with plain curves',
    tensors: Object.fromEntries(modelTensors(metadata)),
  };
  process.stdout.write(`${printableJson(report)}\n`);
}

function round(seconds: number): number {
  return Number(seconds.toPrecision(3));
}
