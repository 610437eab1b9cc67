/**
 * npm run bench [-- --json FILE] [-- --quick] [-- --only live|train]
 *
 * Prints tables and writes all figures as JSON. Seeded and warmed; medians with minimum and maximum.
 * Times are this machine's: compare figures of one run with each other, not with another run's.
 */

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { modelConfig } from '../../src/train/config';
import { configurations } from './configurations';
import { benchLatency } from './latency';
import { reportLive } from './live-report';
import { medians } from './measure';
import { reportSizes } from './sizes';
import { reportPeak, reportTraining } from './train-report';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const runs = options.quick ? 3 : 9;

const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; median (minimum to maximum)`);

const peak = await reportPeak();
const live = options.only === 'train' ? {} : await reportLive(peak, runs);

const train: Record<string, unknown> = {};
if (options.only !== 'live') {
  train.peak = peak;
  for (const name of ['referenceConfig', 'defaultConfig'] as const) {
    train[name] = await reportTraining(name, peak, runs);
  }
}

const latency = await benchLatency(modelConfig(configurations.defaultConfig));
console.log(
  `\nlatency, default: ${latency.samples.toFixed(0)} samples on a step of a semitone, ` +
    `${latency.samplesOfFourth.toFixed(0)} of a fourth, ${latency.reported} reported ` +
    `(${((1000 * latency.reported) / latency.sampleRate).toFixed(1)} ms)`,
);

const size = await reportSizes();

if (options.json) {
  // plain numbers under the figures' names, with minimum, maximum and runs beside them under `spread`
  const report = { machine, live: medians(live), train: medians(train), latency, size };
  await writeFile(options.json, `${JSON.stringify({ ...report, spread: { live, train } }, null, 2)}\n`);
}
