/** Whole training steps: workers that read a database on disk, gradients summed, Adam. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeWav } from '../../src/audio/wav';
import { trainModule } from '../../src/dsp/train-module';
import { folderStore } from '../../src/platform/stores/folder';
import { datasetOptions, modelConfig, type TrainConfig } from '../../src/train/config';
import type { BatchRequest } from '../../src/train/data/batch-reader';
import { Dataset } from '../../src/train/data/dataset';
import { Adam } from '../../src/train/learn/optimizer';
import { initialParameters, parameterLayout } from '../../src/train/learn/parameters';
import { uniform } from '../../src/train/learn/random';
import { WorkerPool } from '../../src/train/learn/worker-pool';
import { type configurations, glide } from './configurations';
import { type Measured, summarise } from './measure';

export interface Arrangement {
  readonly workers: number;
  readonly batchSize: number;
}

export interface Throughput extends Arrangement {
  /** wall seconds for each 1 s example of a whole step */
  readonly secondsPerExample: Measured;
}

/** Slices of the dataset, and the largest batch. */
const SLICES = 32;

/** Steps in every arrangement, with the same dataset. */
export function benchThroughput(
  config: TrainConfig,
  arrangements: readonly Arrangement[],
  runs: number,
): Promise<Throughput[]> {
  return withDataset(config, async (dataset) => {
    const results: Throughput[] = [];
    for (const arrangement of arrangements) {
      results.push({ ...arrangement, secondsPerExample: await steps(config, dataset, arrangement, runs) });
    }
    return results;
  });
}

/** Of a glide, in a database on disk, gone afterwards. */
export async function withDataset<T>(config: TrainConfig, use: (dataset: Dataset) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ddsp-bench-'));
  const store = await folderStore(folder);
  try {
    const { sampleRate } = config.model;
    const content = writeWav(glide(SLICES, sampleRate, 200, 400), sampleRate, { float: true });
    const options = { ...datasetOptions(config), store };
    return await use(await Dataset.fromFiles([{ name: 'glide.wav', content }], options));
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/**
 * Seconds an example, of `runs` steps after two that warm up.
 * @param last called before the workers are ended
 */
export async function steps(
  config: TrainConfig,
  dataset: Dataset,
  { workers, batchSize }: Arrangement,
  runs: number,
  last = () => {},
): Promise<Measured> {
  const model = modelConfig(config);
  const module = await trainModule();
  const { size } = parameterLayout(model);
  const share = batchSize / workers;
  const pool = await WorkerPool.create(
    workers,
    module,
    { model, loss: config.loss, batch: share, frames: Math.round(model.frameRate) },
    dataset,
    size,
  );
  const adam = new Adam(module, size);
  adam.parameters.set(initialParameters(model, uniform(1)));
  const batches = Array.from({ length: workers }, (_, worker) => request(dataset, worker * share, share));
  const seconds: number[] = [];
  for (let i = 0; i < runs + 2; i++) {
    const started = performance.now();
    const { gradients } = await pool.step(adam.parameters, batches, 1 / batchSize);
    adam.step(gradients, [{ end: size, learningRate: 1e-3 }], config.optimizer.clipNorm);
    if (i >= 2) seconds.push((performance.now() - started) / 1000 / batchSize);
  }
  last();
  await pool.close();
  return summarise(seconds);
}

function request(dataset: Dataset, first: number, count: number): BatchRequest {
  const places = Array.from({ length: count }, (_, i) => first + i);
  return {
    slices: Uint32Array.from(places, (place) => place % dataset.slices.length),
    seeds: Uint32Array.from(places, (place) => place + 1),
    shifts: new Int32Array(count),
    gains: new Float64Array(count),
    step: 0,
  };
}

/** Bytes that a worker adds to the process with a whole batch of its own; measured in a process of its own. */
export async function benchMemory(name: keyof typeof configurations): Promise<number> {
  const script = path.join(import.meta.dirname, 'train-memory.ts');
  const flags = ['--expose-gc', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, name]);
  return Number(stdout);
}
