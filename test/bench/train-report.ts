/** The training half of the bench: whole steps, stages beside their floors, throughput, memory. */

import { trainModule } from '../../src/dsp/train-module';
import { configurations } from './configurations';
import { type Measured, summarise } from './measure';
import { measurePeak, type Peak } from './peak';
import { benchMemory, benchThroughput, type Throughput } from './train';
import { trainStages } from './train-stages';

export interface TrainReport {
  /** wall seconds for each 1 s example of a whole step */
  readonly secondsPerExample: Measured;
  readonly workers: number;
  readonly batchSize: number;
  /** seconds of one core an example */
  readonly stages: Readonly<Record<string, Measured>>;
  /** seconds in which each stage's arithmetic (or its memory traffic) could be done at the peak rates */
  readonly floors: Readonly<Record<string, number>>;
  readonly throughput: readonly Throughput[];
  /** bytes that a worker with a whole batch of its own adds, the optimizer's vectors included */
  readonly workerMemory: number;
}

const WORKERS = 2;
const BATCH_SIZES = [4, 8, 16, 32];
const milliseconds = (seconds: number) => (1000 * seconds).toFixed(3);

export async function reportPeak(): Promise<Peak> {
  const peak = measurePeak(await trainModule());
  console.log(
    `\npeak of one thread: ${(peak.operations / 1e9).toFixed(1)} GFLOP/s (matrix product in the cache), ` +
      `${(peak.bytes / 1e9).toFixed(1)} GB/s (sum of long vectors), ${(peak.farBytes / 1e9).toFixed(1)} GB/s (copy within 13 MB)`,
  );
  return peak;
}

export async function reportTraining(
  name: keyof typeof configurations,
  peak: Peak,
  runs: number,
): Promise<TrainReport> {
  const config = configurations[name];
  const { batchSize } = config.trainer;
  const arrangements = [1, WORKERS].flatMap((workers) => BATCH_SIZES.map((size) => [workers, size] as const));
  const throughput = await benchThroughput(
    config,
    arrangements.map(([workers, size]) => ({ workers, batchSize: size })),
    runs,
  );
  console.log(`\ntraining, ${name}: ms of wall time an example (fastest to slowest step)`);
  for (const { workers, batchSize: size, secondsPerExample } of throughput) {
    const { median, min, max } = secondsPerExample;
    const spread = `(${milliseconds(min)} to ${milliseconds(max)})`;
    console.log(
      `  ${workers} workers, batch ${`${size}`.padEnd(4)}${milliseconds(median).padStart(9)}   ${spread}`,
    );
  }

  const stages = trainStages(await trainModule(), config, WORKERS, peak, runs);
  console.log(`\ntraining, ${name}: ms of one core an example, floor, share of the floor in the fastest run`);
  const line = (stage: string, seconds: Measured, floor: number) => {
    const share = `${((100 * floor) / seconds.min).toFixed(0)}%`.padStart(6);
    const spread = `(${milliseconds(seconds.min)} to ${milliseconds(seconds.max)})`;
    const numbers = [seconds.median, floor].map((value) => milliseconds(value).padStart(9)).join('');
    console.log(`  ${stage.padEnd(18)}${numbers}${share}   ${spread}`);
  };
  for (const [stage, { seconds, floor }] of Object.entries(stages)) line(stage, seconds, floor);
  const total = (value: (stage: (typeof stages)[string]) => number) =>
    Object.values(stages).reduce((sum, stage) => sum + value(stage), 0);
  const all = {
    ...summarise([total(({ seconds }) => seconds.median)]),
    min: total(({ seconds }) => seconds.min),
    max: total(({ seconds }) => seconds.max),
  };
  line(
    'all',
    all,
    total(({ floor }) => floor),
  );

  const workerMemory = await benchMemory(name);
  console.log(`  memory: ${(workerMemory / 1e6).toFixed(0)} MB for a worker with a batch of ${batchSize}`);
  const usual = throughput.find((each) => each.workers === WORKERS && each.batchSize === batchSize)!;
  const each = <T>(value: (stage: (typeof stages)[string]) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(stages).map(([stage, figures]) => [stage, value(figures)]));
  return {
    ...usual,
    stages: each(({ seconds }) => seconds),
    floors: each(({ floor }) => floor),
    throughput,
    workerMemory,
  };
}
