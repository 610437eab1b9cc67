/** A model whose decoder is an ONNX file, in a page: rendered in a Worker by onnxruntime-web, and refused where it is live. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDecoder, withNetwork } from '../../src/model/export/onnx/decoder';
import { readModel, writeModel } from '../../src/model/file';
import { renderOffline } from '../../src/play/render';
import { launchChromium } from './drivers/chromium';
import type { TestBrowser, TestPage } from './drivers/page';
import { decode, encode, level, openTestPage, serve, type TestServer, tone } from './support';

const violin = readModel(readFileSync('models/violin.safetensors'));
const RUNTIME = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
const WORKER = `
  import { readModel, renderOffline } from '/dist/index.js';
  import { OnnxDecoder } from '/dist/onnx.js';

  onmessage = async ({ data }) => {
    const bytes = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
    const model = readModel(await bytes('/own.safetensors'));
    const runtime = new URL('/runtime/ort.wasm.bundle.min.mjs', location.href);
    const decoder = await OnnxDecoder.load(model, { bytes: await bytes('/own.onnx'), runtime });
    postMessage(await renderOffline(model, data, { decoder }));
  };`;

describe('a model whose decoder is an ONNX file', () => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({
      '/recorder.js': 'export {};',
      '/worker.js': WORKER,
      '/own.safetensors': writeModel(withNetwork(violin, 'own.onnx')),
      '/own.onnx': exportDecoder(violin),
      ...Object.fromEntries(
        RUNTIME.map((name) => [
          `/runtime/${name}`,
          readFileSync(`node_modules/onnxruntime-web/dist/${name}`),
        ]),
      ),
    });
    browser = await launchChromium();
    page = await openTestPage(browser, `${server.origin}/`);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('loads nothing of onnxruntime-web with the library alone', async () => {
    const loaded = await page.evaluate<string[]>(
      'performance.getEntriesByType("resource").map(({ name }) => name)',
    );
    expect(loaded.some((name) => name.endsWith('/dist/index.js'))).toBe(true);
    expect(loaded.filter((name) => /ort|onnx\.js/.test(name))).toEqual([]);
  });

  it('plays in a Worker as the model with its own decoder does, to 1e-5', async () => {
    const audio = tone(330, 1, violin.sampleRate);
    const played = await page.evaluate(
      (text: string) =>
        new Promise<string>((resolve, reject) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const worker = new Worker('/worker.js', { type: 'module' });
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }) => {
            const played = new Uint8Array(data.buffer);
            resolve(btoa(Array.from(played, (byte) => String.fromCharCode(byte)).join('')));
          };
          worker.postMessage(new Float32Array(bytes.buffer));
        }),
      encode(audio),
    );
    const expected = await renderOffline(violin, audio);
    const samples = decode(played);
    expect(level(expected)).toBeGreaterThan(0.01);
    expect(samples.length).toBe(expected.length);
    expect(samples.every((sample, i) => Math.abs(sample - expected[i]) < 1e-5)).toBe(true);
  });

  it('is refused by DDSPNode, which says where it plays', async () => {
    const refused = page.evaluate(`ddsp.DDSPNode.create(
      new OfflineAudioContext({ length: 128, sampleRate: 48000 }), { model: '/own.safetensors' }
    )`);
    await expect(refused).rejects.toThrow(/decoder .* is the network own\.onnx.* offline render/);
  });
});
