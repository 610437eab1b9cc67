/**
 * One training run of a given length, its held-out figures against time.
 *
 * Time is processor time of the whole process, as two undisturbed cores would take for it: on a machine
 * that others use, too, nothing else can be compared.
 */

import type { Model } from '../../../src/model/model';
import { about, type TrainConfig } from '../../../src/train/config';
import type { Dataset } from '../../../src/train/data/dataset';
import { Trainer } from '../../../src/train/learn/trainer';

/** what two workers do in the time in which one does 1 */
const TWO_CORES = 1.8;
const WARM_UP = 5;
const CALIBRATION = 25;

export interface Point {
  readonly step: number;
  /** of training: validations are left out */
  readonly seconds: number;
  /** means over the held-out slices */
  readonly loss: number;
  readonly logSpectralDistance: number;
  /** as the weights are now */
  readonly model: Model;
}

export async function* timedRun(
  dataset: Dataset,
  config: TrainConfig,
  length: { readonly seconds: number } | { readonly steps: number },
  points: number,
): AsyncGenerator<Point> {
  const steps =
    'steps' in length
      ? length.steps
      : Math.max(points, Math.round(length.seconds / (await secondsPerStep(dataset, config))));
  const every = Math.ceil(steps / points);
  const trainer = await Trainer.create({
    dataset,
    config: {
      ...config,
      trainer: { ...config.trainer, steps, validateEvery: every, checkpointEvery: steps },
    },
    workers: 1,
  });
  try {
    let seconds = 0;
    let last = processorSeconds();
    for await (const event of trainer.run()) {
      const now = processorSeconds();
      if (event.type === 'step') seconds += now - last;
      if (event.type === 'validation') {
        const { step, loss, logSpectralDistance } = event;
        yield { step, seconds, loss, logSpectralDistance, model: trainer.model(about(config)) };
      }
      last = processorSeconds();
    }
  } finally {
    await trainer.close();
  }
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 / TWO_CORES;
}

/** Before a run of so many seconds can begin, its schedule must know how many steps that is. */
async function secondsPerStep(dataset: Dataset, config: TrainConfig): Promise<number> {
  const trainer = await Trainer.create({ dataset, config, workers: 1 });
  try {
    let started = 0;
    for await (const event of trainer.run()) {
      if (event.type !== 'step') continue;
      if (event.step === WARM_UP) started = processorSeconds();
      if (event.step === WARM_UP + CALIBRATION) break;
    }
    return (processorSeconds() - started) / CALIBRATION;
  } finally {
    await trainer.close();
  }
}
