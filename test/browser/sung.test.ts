/** The bundled violin in a live context: a sung phrase at the microphone. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/analysis/track';
import { readModel } from '../../src/model/file';
import { launchChromium } from './drivers/chromium';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { level, openTestPage, serve, type TestServer } from './support';

const ROOT = path.join(import.meta.dirname, '../..');
const bytes = readFileSync(path.join(ROOT, 'models/violin.safetensors'));
const violin = readModel(bytes);

describe('the violin, live', () => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({ '/violin.safetensors': bytes, '/recorder.js': recorderScript });
    browser = await launchChromium(path.join(ROOT, 'examples/live/phrase.wav'));
    page = await openTestPage(browser, server.origin);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('follows a sung phrase', async () => {
    const sampleRate = 44_100;
    const recorded = await page.evaluate(async (sampleRate) => {
      const context = new AudioContext({ sampleRate });
      const microphone = await ddsp.openMicrophone(context);
      const node = await ddsp.DDSPNode.create(context, { model: '/violin.safetensors' });
      // without the room, in which notes overlap: one pitch at a time can be measured
      node.reverb.value = 0;
      const both = new ChannelMergerNode(context, { numberOfInputs: 2 });
      microphone.node.connect(both, 0, 0);
      microphone.node.connect(node).connect(both, 0, 1);
      both.connect(context.destination);
      // the microphone needs a while
      await new Promise<void>((resolve) => {
        node.addEventListener('analysis', ({ detail }) => {
          if (detail.f0 > 0) resolve();
        });
      });
      const [sung, played] = await recordChannels(both, 6, 2);
      node.dispose();
      microphone.close();
      await context.close();
      return { sung: Array.from(sung), played: Array.from(played), latency: node.latency };
    }, sampleRate);
    const delay = Math.round(recorded.latency * sampleRate);
    const sung = Float32Array.from(recorded.sung);
    const played = Float32Array.from(recorded.played.slice(delay));
    const voice = await analyseSignal(sung, violin, { sampleRate });
    const instrument = await analyseSignal(played, violin, { sampleRate });
    let frames = 0;
    let together = 0;
    instrument.f0.forEach((f0, i) => {
      if (voice.f0[i] === 0) return;
      frames++;
      if (Math.abs(1200 * Math.log2(f0 / voice.f0[i])) < 50) together++;
    });
    expect(level(played)).toBeGreaterThan(0.01);
    expect(frames).toBeGreaterThan(300);
    expect(together / frames).toBeGreaterThan(0.9);
  });
});
