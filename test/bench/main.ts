/**
 * npm run bench [-- --json FILE] [-- --quick] [-- --only live|train]
 *
 * Prints tables and writes all figures as JSON. Seeded and warmed; medians with minimum and maximum.
 * Times are this machine's: compare figures of one run with each other, not with another run's.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { modelConfig } from '../../src/train/config';
import { benchModel, configurations } from './configurations';
import { benchLatency } from './latency';
import { benchLive } from './live';
import { type Measured, medians } from './measure';
import { reportPeak, reportTraining } from './train-report';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const runs = options.quick ? 3 : 9;

function row(name: string, { median, min, max }: Measured, unit: (value: number) => string): void {
  console.log(`  ${name.padEnd(20)}${unit(median).padStart(11)}   (${unit(min)} to ${unit(max)})`);
}
const percent = (value: number) => `${(100 * value).toFixed(2)}%`;

const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; median (minimum to maximum)`);

const live: Record<string, unknown> = {};
for (const [name, config] of options.only === 'train' ? [] : Object.entries(configurations)) {
  const { decoder, frameRate, analysis } = config.model;
  const shape = `hidden ${decoder.hidden}, ${frameRate} Hz, window ${analysis.window}`;
  console.log(`\nlive, ${name} (${shape}): share of one core`);
  const report = await benchLive(benchModel(config), runs);
  row('all', report.realtimeFactor, percent);
  row('worst 10 ms', report.worst10ms, percent);
  for (const [stage, seconds] of Object.entries(report.stages)) row(stage, seconds, percent);
  live[name === 'defaultConfig' ? 'defaultModel' : name] = report;
}

const train: Record<string, unknown> = {};
if (options.only !== 'live') {
  const peak = await reportPeak();
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

const page = await readFile(path.resolve(import.meta.dirname, '../../dist/index.js'));
const size = { playGzipBytes: gzipSync(page, { level: 9 }).length };
console.log(`size: a page loads ${(size.playGzipBytes / 1000).toFixed(1)} kB (gzip) to play`);

if (options.json) {
  // plain numbers under the figures' names, with minimum, maximum and runs beside them under `spread`
  const report = { machine, live: medians(live), train: medians(train), latency, size };
  await writeFile(options.json, `${JSON.stringify({ ...report, spread: { live, train } }, null, 2)}\n`);
}
