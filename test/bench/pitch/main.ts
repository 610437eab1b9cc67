/**
 * npm run bench:pitch [-- --json FILE] [-- --window SAMPLES] [-- --rate FRAMES] [-- --only NAME]
 *   [-- --network FILE]
 *
 * Prints how right each tracker is on each group of sounds, and what a frame costs. Accuracy does not
 * depend on the machine; times do.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { defaultConfig } from '../../../src/train/config';
import { PitchNetwork } from '../../../src/train/data/pitch/neural/network';
import { frameTruth, type Material } from './material';
import { recorded } from './recorded';
import { type Score, Tally } from './score';
import { synthetic } from './synthetic';
import { type FrameShape, neural, type Tracker, trackers } from './trackers';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    window: { type: 'string' },
    rate: { type: 'string' },
    only: { type: 'string' },
    network: { type: 'string' },
  },
});

const { analysis } = defaultConfig.model;
const shape: FrameShape = {
  sampleRate: 48000,
  frameRate: Number(options.rate ?? 50),
  analysis: { ...analysis, window: Number(options.window ?? analysis.window), pitchMin: 50 },
};

interface Result {
  readonly tracker: string;
  readonly microseconds: number;
  readonly groups: Readonly<Record<string, Score>>;
}

/** Sounds of a group by themselves where they have names that matter. */
function keys({ name, group }: Material): string[] {
  return group === 'played' ? ['played', `played: ${name}`] : [group];
}

async function judge(tracker: Tracker, materials: readonly Material[]): Promise<Result> {
  const tallies = new Map<string, Tally>();
  const hop = Math.round(shape.sampleRate / shape.frameRate);
  let frames = 0;
  let seconds = 0;
  // the first call compiles
  await tracker.track(materials[0].audio, shape);
  for (const material of materials) {
    const started = performance.now();
    const estimate = await tracker.track(material.audio, shape);
    seconds += (performance.now() - started) / 1000;
    const truth = frameTruth(material, hop);
    frames += truth.length;
    for (const key of keys(material)) {
      const tally = tallies.get(key) ?? new Tally();
      tallies.set(key, tally.add(truth, estimate));
    }
  }
  const groups = Object.fromEntries([...tallies].map(([key, tally]) => [key, tally.score]));
  return { tracker: tracker.name, microseconds: (1e6 * seconds) / frames, groups };
}

const percent = (share: number) => (Number.isNaN(share) ? '-' : (100 * share).toFixed(1)).padStart(7);
const cents = (value: number) => (Number.isNaN(value) ? '-' : value.toFixed(2)).padStart(7);

function print(group: string, results: readonly Result[]): void {
  const frames = results[0].groups[group];
  console.log(`\n${group}: ${frames.pitchedFrames} frames with a pitch, ${frames.unpitchedFrames} without`);
  console.log(`${''.padEnd(22)}   pitch chroma octave  gross   sure recall  false median  worst   bias`);
  for (const { tracker, groups } of results) {
    const { pitch, chroma, octave, gross, sure, recall, falseAlarm, median, worst, bias } = groups[group];
    const shares = [pitch, chroma, octave, gross, sure, recall, falseAlarm].map(percent).join('');
    console.log(`${tracker.padEnd(22)}${shares}${[median, worst, bias].map(cents).join('')}`);
  }
}

const materials = [...(await recorded()), ...synthetic()];
const network = options.network
  ? await PitchNetwork.load({ name: options.network, bytes: await readFile(options.network) })
  : null;
const all = network ? [...trackers, neural(network, false), neural(network, true)] : trackers;
const chosen = all.filter(({ name }) => name.includes(options.only ?? ''));
console.log(
  `${cpus()[0].model}, Node ${process.version}; ${shape.frameRate} frames a second, window ${shape.analysis.window}`,
);
const results: Result[] = [];
for (const tracker of chosen) results.push(await judge(tracker, materials));
for (const group of Object.keys(results[0].groups)) print(group, results);
console.log('\nmicroseconds a frame');
for (const { tracker, microseconds } of results)
  console.log(`${tracker.padEnd(22)}${microseconds.toFixed(1).padStart(9)}`);
if (options.json) await writeFile(options.json, `${JSON.stringify({ shape, results }, null, 2)}\n`);
