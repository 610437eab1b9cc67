/** The bundled violin in a live context: a sung phrase at the microphone, and a minute without a gap. */

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

  it.each([48000, 44100])('follows a sung phrase, %i Hz', async (sampleRate) => {
    const recorded = await page.evaluate(async (sampleRate) => {
      const context = new AudioContext({ sampleRate });
      const microphone = await ddsp.openMicrophone(context);
      const node = await ddsp.DDSPNode.create(context, { model: '/violin.safetensors' });
      // without the room, in which notes overlap: one pitch at a time can be measured
      node.reverb.value = 0;
      const both = new ChannelMergerNode(context, { numberOfInputs: 2 });
      microphone.node.connect(both, 0, 0);
      microphone.node.connect(node).connect(both, 0, 1);
      await new Promise((resolve) => setTimeout(resolve, 300));
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
    console.log(`${sampleRate} Hz: ${together} of ${frames} sung frames within 50 cents`);
    expect(level(played)).toBeGreaterThan(0.01);
    expect(frames).toBeGreaterThan(300);
    expect(together / frames).toBeGreaterThan(0.9);
  });

  it('plays for a minute and prints its underruns (no assertion: the machine is shared)', async () => {
    const stats = await page.evaluate(async () => {
      type Stats = { underrunEvents: number; underrunDuration: number };
      const underruns = (context: AudioContext): Stats | null =>
        (context as AudioContext & { playbackStats?: Stats }).playbackStats ?? null;
      const start = (context: AudioContext, node: AudioNode) => {
        const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
        input.start();
        input.connect(node);
      };
      const context = new AudioContext();
      const node = await ddsp.DDSPNode.create(context, { model: '/violin.safetensors' });
      node.connect(context.destination);
      start(context, node);
      // what the machine does to a worklet that does nothing
      const bare = new AudioContext();
      const script =
        "registerProcessor('bare', class extends AudioWorkletProcessor { process() { return true; } });";
      await bare.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
      const nothing = new AudioWorkletNode(bare, 'bare');
      nothing.connect(bare.destination);
      start(bare, nothing);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      const report = (context: AudioContext) => {
        const stats = underruns(context);
        return stats && { events: stats.underrunEvents, seconds: stats.underrunDuration };
      };
      const result = { violin: report(context), bare: report(bare) };
      await Promise.all([context.close(), bare.close()]);
      return result;
    });
    console.log('underruns in 60 s:', JSON.stringify(stats));
  }, 120_000);
});
