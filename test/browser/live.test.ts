/** A live AudioContext, from a (fake) microphone to what is heard. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelScript, smallModel } from './model';
import { recorderScript } from './recorder';
import { launch, level, open, pitchOf, serve, type TestServer, temporaryWav, tone } from './support';

const F0 = 220;

describe('live', () => {
  const microphone = temporaryWav(tone(F0, 3, 48000), 48000);
  let browser: Browser;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    server = await serve({ '/model.js': modelScript(smallModel()), '/recorder.js': recorderScript });
    browser = await launch(microphone.file);
    page = await open(browser, server.origin);
    await page.addScriptTag({
      type: 'module',
      content: `
        import * as ddsp from '/dist/index.js';
        import { model } from '/model.js';
        import { record } from '/recorder.js';
        Object.assign(window, { ddsp, model, record, loaded: true });
      `,
    });
    await page.waitForFunction('window.loaded');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    microphone.remove();
  });

  it.each([48000, 44100])('plays the pitch of the microphone (context at %i Hz)', async (sampleRate) => {
    const { output, latency, unwanted } = await page.evaluate(async (sampleRate) => {
      const context = new AudioContext({ sampleRate });
      const input = await ddsp.openMicrophone(context);
      const node = await ddsp.DDSPNode.create(context, { model });
      node.noise.value = 0;
      input.node.connect(node).connect(context.destination);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const output = Array.from(await record(node, 0.5));
      node.dispose();
      input.close();
      await context.close();
      return { output, latency: node.latency, unwanted: input.unwanted };
    }, sampleRate);
    expect(unwanted).toEqual([]);
    expect(latency).toBeGreaterThanOrEqual(0);
    expect(level(output)).toBeGreaterThan(1e-3);
    expect(1200 * Math.abs(Math.log2(pitchOf(output, sampleRate) / F0))).toBeLessThan(20);
  });
});
