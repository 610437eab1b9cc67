/** The live half of the bench: measures, and prints tables. */

import { benchModel, configurations } from './configurations';
import { benchLive, type LiveReport } from './live';
import { type BrowserReport, benchBrowser } from './live-browser';
import { benchGrowth, type Growth } from './live-growth';
import { benchVoices, type VoicesReport } from './live-voices';
import type { Measured } from './measure';
import type { Peak } from './peak';

export interface LiveReports {
  readonly referenceConfig: LiveReport;
  readonly defaultModel: LiveReport;
  readonly voices: VoicesReport;
  readonly growth: Growth;
  readonly browser: BrowserReport;
}

const percent = (value: number) => `${(100 * value).toFixed(3)}%`;
const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(2)} ms`;

function row(name: string, { median, min, max }: Measured, unit: (value: number) => string): string {
  return `  ${name.padEnd(20)}${unit(median).padStart(11)}   (${unit(min)} to ${unit(max)})`;
}

async function report(name: string, config: keyof typeof configurations, peak: Peak, runs: number) {
  const { model } = configurations[config];
  const { decoder, frameRate, analysis } = model;
  const shape = `hidden ${decoder.hidden}, ${frameRate} Hz, window ${analysis.window}`;
  console.log(`\nlive, ${name} (${shape}): share of one core`);
  const result = await benchLive(benchModel(configurations[config]), peak, runs);
  console.log(row('all', result.realtimeFactor, percent));
  console.log(row('worst 10 ms', result.worst10ms, percent));
  console.log(row('in silence', result.silence, percent));
  console.log(row('swap: set-up', result.swap.setUp, milliseconds));
  console.log(row('  its 10 ms', result.swap.first10ms, percent));
  console.log(row('  worst 10 ms after', result.swap.worst10ms, percent));
  for (const [stage, measured] of Object.entries(result.stages)) {
    const floor = result.floors[stage];
    const share = `${((100 * floor) / measured.min).toFixed(0)}%`;
    console.log(`${row(stage, measured, percent)}   floor ${percent(floor)}, ${share}`);
  }
  const parts = Object.values(result.stages).reduce((sum, { min }) => sum + min, 0);
  console.log(`  the rest, in the fastest runs: ${percent(result.realtimeFactor.min - parts)}`);
  return result;
}

export async function reportLive(peak: Peak, runs: number): Promise<LiveReports> {
  const referenceConfig = await report('reference', 'referenceConfig', peak, runs);
  const defaultModel = await report('default', 'defaultConfig', peak, runs);
  const voices = await benchVoices(benchModel(configurations.defaultConfig), runs);
  console.log('\nnotes, default: share of one core');
  for (const [count, share] of Object.entries(voices.notes)) console.log(row(count, share, percent));
  console.log(row('a further voice', voices.furtherVoice, percent));
  const growth = await benchGrowth(runs);
  for (const [size, shares] of Object.entries(growth)) {
    console.log(`\nlive, default, growing with ${size}: share of one core`);
    for (const [value, share] of Object.entries(shares)) console.log(row(value, share, percent));
  }
  const browser = await benchBrowser(runs);
  console.log(`\nconvolution in ${browser.browser}, share of one core: ours, ConvolverNode; ours hop by hop`);
  for (const { irSeconds, ours, convolverNode, peak: even, worst10ms } of browser.convolution) {
    const both = [ours, convolverNode].map((share) => percent(share).padStart(9)).join('');
    const hops = `slowest hop ${even.toFixed(2)} times the mean, ${percent(worst10ms)} of 10 ms`;
    console.log(`  ${`${irSeconds} s`.padEnd(6)}${both}   ${hops}`);
  }
  console.log(`\nnodes on one OfflineAudioContext in ${browser.browser}: share of one core`);
  for (const [count, share] of Object.entries(browser.nodes)) {
    console.log(`  ${count.padEnd(6)}${percent(share).padStart(9)}`);
  }
  return { referenceConfig, defaultModel, voices, growth, browser };
}
