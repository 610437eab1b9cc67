/**
 * npm run bench:network
 *
 * How long an ONNX decoder would keep an AudioWorklet waiting: frames travel from the audio thread of headless Chromium
 * to a Worker, through onnxruntime-web (WASM), and back. Times are the audio clock's, from the callback that sends a
 * frame to the first callback that has its answer. Prints median, 99th percentile, maximum, and the share of frames
 * that are later than one and two hops.
 */

import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { exportDecoder, withNetwork } from '../../src/model/export/onnx/decoder';
import { readModel, writeModel } from '../../src/model/file';
import { launch, open, serve } from '../browser/support';

const MODELS = ['violin', 'saxophone', 'cello'];
const SECONDS = 30;

/** Sends a frame a hop, and notes how many samples pass until each answer can be used. */
const PROCESSOR = `
class Asker extends AudioWorkletProcessor {
  constructor({ processorOptions: { hop, frames } }) {
    super();
    Object.assign(this, { hop, frames, next: 0, sent: [], answered: [], delays: [], done: false });
    this.port.onmessage = ({ data }) => {
      this.worker = data;
      data.onmessage = () => this.answered.push(this.sent.shift());
    };
  }
  process() {
    for (const at of this.answered.splice(0)) this.delays.push(currentFrame - at);
    if (this.worker && currentFrame >= this.next && this.delays.length < this.frames) {
      this.worker.postMessage(Float32Array.of(0.5, 0.7));
      this.sent.push(currentFrame);
      this.next = currentFrame + this.hop;
    }
    if (!this.done && this.delays.length === this.frames) {
      this.done = true;
      this.port.postMessage(this.delays);
    }
    return !this.done;
  }
}
registerProcessor('asker', Asker);`;

const WORKER = `
import { readModel } from '/dist/index.js';
import { OnnxDecoder } from '/dist/onnx.js';

onmessage = async ({ data: { model, decoder, port } }) => {
  const bytes = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
  const network = await OnnxDecoder.load(readModel(await bytes(model)), {
    bytes: await bytes(decoder),
    runtime: '/runtime/ort.wasm.bundle.min.mjs',
  });
  port.onmessage = async ({ data }) => port.postMessage(await network.decode(data));
  postMessage('ready');
};`;

const files: Record<string, Uint8Array | string> = { '/asker.js': PROCESSOR, '/worker.js': WORKER };
for (const name of ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'])
  files[`/runtime/${name}`] = readFileSync(`node_modules/onnxruntime-web/dist/${name}`);
const hops = new Map<string, number>();
for (const name of MODELS) {
  const model = readModel(readFileSync(`models/${name}.safetensors`));
  files[`/${name}.safetensors`] = writeModel(withNetwork(model, `${name}.onnx`));
  files[`/${name}.onnx`] = exportDecoder(model);
  hops.set(name, Math.round(48_000 / model.frameRate));
}

const server = await serve(files);
const browser = await launch();
try {
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Chromium ${browser.version()}`,
  );
  for (const [name, hop] of hops) {
    const page = await open(browser, `${server.origin}/`);
    const delays = await page.evaluate(measure, { name, hop, frames: Math.round((SECONDS * 48_000) / hop) });
    console.log(`${name}, a frame every ${(hop / 48).toFixed(1)} ms: ${summary(delays, hop)}`);
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}

/** Runs in the page. @returns samples */
async function measure({
  name,
  hop,
  frames,
}: {
  name: string;
  hop: number;
  frames: number;
}): Promise<number[]> {
  const worker = new Worker('/worker.js', { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ model: `/${name}.safetensors`, decoder: `/${name}.onnx`, port: port1 }, [port1]);
  await new Promise((resolve) => {
    worker.onmessage = resolve;
  });
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.audioWorklet.addModule('/asker.js');
  const asker = new AudioWorkletNode(context, 'asker', { processorOptions: { hop, frames } });
  asker.connect(context.destination);
  const answer = new Promise<number[]>((resolve) => {
    asker.port.onmessage = ({ data }) => resolve(data);
  });
  asker.port.postMessage(port2, [port2]);
  await context.resume();
  const delays = await answer;
  await context.close();
  return delays;
}

function summary(delays: readonly number[], hop: number): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] / 48).toFixed(1)} ms`;
  const later = (hops: number) =>
    `${((100 * delays.filter((delay) => delay > hops * hop).length) / delays.length).toFixed(2)}%`;
  return (
    `median ${at(0.5)}, 99th percentile ${at(0.99)}, maximum ${at(1)}; ` +
    `later than one hop ${later(1)}, than two ${later(2)}`
  );
}
