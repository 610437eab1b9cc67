/** A pitch network in a page: run by onnxruntime-web in the workers that prepare recordings. */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/wav';
import { pitchOnnx } from '../support/onnx';
import { launch, open, serve, type TestServer } from './support';

const RUNTIME = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
const tone = Float32Array.from(
  { length: 32_000 },
  (_, n) => 0.5 * Math.sin((2 * Math.PI * 330 * n) / 16_000),
);

describe('a pitch network in a page', () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    server = await serve({
      '/tone.wav': writeWav(tone, 16_000),
      '/own.onnx': pitchOnnx(),
      ...Object.fromEntries(
        RUNTIME.map((name) => [
          `/runtime/${name}`,
          readFileSync(`node_modules/onnxruntime-web/dist/${name}`),
        ]),
      ),
    });
    browser = await launch();
    page = await open(browser, `${server.origin}/`);
    await page.evaluate(`import('/dist/train/browser.js').then((library) => {
      window.training = library;
      window.sourceOf = async (name) => ({ name, content: await (await fetch('/' + name)).blob() });
    })`);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const track = (runtime: string | undefined) =>
    page.evaluate(async (runtime) => {
      const { Dataset, PitchNetworkError } = training;
      const bytes = new Uint8Array(await (await fetch('/own.onnx')).arrayBuffer());
      try {
        const dataset = await Dataset.fromFiles([await sourceOf('tone.wav')], {
          sampleRate: 16_000,
          frameRate: 50,
          analysis: { window: 1024, pitchMin: 60, pitchMax: 1500, threshold: 0.1 },
          workers: 1,
          pitch: { tracker: 'neural', viterbi: true },
          network: { name: 'own.onnx', bytes, runtime },
        });
        return { f0: Array.from((await dataset.track('tone.wav')).f0), problem: '' };
      } catch (error) {
        if (!(error instanceof PitchNetworkError)) throw error;
        return { f0: [], problem: error.message };
      }
    }, runtime);

  it('hears recordings, without cross-origin isolation', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    const { f0, problem } = await track('runtime/ort.wasm.bundle.min.mjs');
    expect(problem).toBe('');
    for (const hz of f0.slice(3, 96)) expect(Math.abs(1200 * Math.log2(hz / 330))).toBeLessThan(4);
  });

  it('wants to be told where onnxruntime-web is', async () => {
    expect((await track(undefined)).problem).toMatch(/own\.onnx: .*onnxruntime-web.*`runtime`/);
    expect((await track('nowhere.mjs')).problem).toMatch(/own\.onnx: .*cannot be loaded/);
  });
});
