/** What needs a browser: the convolver beside a ConvolverNode, and nodes side by side on one context. */

import path from 'node:path';
import { build } from 'esbuild';
import { Convolver } from '../../src/dsp/convolver';
import { Heap } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';
import { writeModel } from '../../src/model/file';
import { launchChromium } from '../browser/drivers/chromium';
import { openTestPage, serve } from '../browser/support';
import { benchModel, configurations, glide } from './configurations';

export interface Convolution {
  readonly irSeconds: number;
  /** seconds of one core a second of audio, in Chromium; fastest */
  readonly ours: number;
  readonly convolverNode: number;
  /** of ours, in Node: the slowest hop of 10 ms over the mean hop, each hop at its fastest */
  readonly peak: number;
  /** and the slowest hop itself, as a share of 10 ms */
  readonly worst10ms: number;
}

export interface BrowserReport {
  readonly browser: string;
  readonly convolution: readonly Convolution[];
  /** share of one core that nodes on one OfflineAudioContext take, by how many; fastest */
  readonly nodes: Readonly<Record<string, number>>;
}

const RESPONSES = [1, 3, 6];
const NODES = [1, 4, 16];
const HOP = 480;
const RATE = 48000;
const SECONDS = 4;

export async function benchBrowser(runs: number): Promise<BrowserReport> {
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, 'convolver-page.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const server = await serve({
    '/convolver.js': bundle.outputFiles[0].text,
    '/recorder.js': '',
    '/model.safetensors': writeModel(benchModel(configurations.defaultConfig), { float16: true }),
    '/input.f32': new Uint8Array(glide(SECONDS, RATE, 110, 220).buffer),
  });
  const browser = await launchChromium();
  try {
    const page = await openTestPage(browser, server.origin);
    const convolution: Convolution[] = [];
    for (const irSeconds of RESPONSES) {
      const both = `(async () => {
        const { ours, browsers } = await import('/convolver.js');
        return [await ours(${irSeconds}, ${HOP}, ${runs}), await browsers(${irSeconds}, ${runs})];
      })()`;
      const [ours, convolverNode] = await page.evaluate<[number, number]>(both);
      convolution.push({ irSeconds, ours, convolverNode, ...(await evenness(irSeconds, runs)) });
    }
    const nodes: Record<string, number> = {};
    for (const count of NODES) {
      const render = `(${renderNodes})(${count}, ${RATE}, ${SECONDS})`;
      const seconds: number[] = [];
      for (let run = 0; run < Math.ceil(runs / 2); run++) seconds.push(await page.evaluate<number>(render));
      nodes[count] = Math.min(...seconds) / SECONDS;
    }
    return { browser: `Chromium ${browser.version}`, convolution, nodes };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** In the page: seconds that a context with `count` nodes, all playing, takes to render. */
const renderNodes = `async (count, sampleRate, seconds) => {
  const context = new OfflineAudioContext({ length: sampleRate * seconds, sampleRate });
  const samples = new Float32Array(await (await fetch('/input.f32')).arrayBuffer());
  const buffer = new AudioBuffer({ length: samples.length, sampleRate });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  for (let i = 0; i < count; i++) {
    const node = await ddsp.DDSPNode.create(context, { model: '/model.safetensors' });
    source.connect(node).connect(context.destination);
  }
  source.start();
  const started = performance.now();
  await context.startRendering();
  return (performance.now() - started) / 1000;
}`;

/** Of every hop of the schedule its fastest time: what is left over the mean is the schedule's own doing. */
async function evenness(irSeconds: number, runs: number) {
  const heap = new Heap(await playModule());
  const taps = Float32Array.from({ length: irSeconds * RATE }, () => Math.random() - 0.5);
  const convolver = new Convolver(heap, 'response', taps, HOP);
  const segment = heap.put(taps.subarray(0, HOP));
  heap.seal();
  const fastest = new Float64Array(16).fill(Number.POSITIVE_INFINITY);
  for (let hop = 0; hop < 16 * 10 * (runs + 2); hop++) {
    const started = performance.now();
    convolver.process(segment);
    const at = hop % fastest.length;
    fastest[at] = Math.min(fastest[at], performance.now() - started);
  }
  const slowest = Math.max(...fastest);
  const mean = fastest.reduce((sum, each) => sum + each) / fastest.length;
  return { peak: slowest / mean, worst10ms: slowest / 10 };
}
