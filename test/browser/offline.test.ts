/** OfflineAudioContext: what the node plays is what the library renders, `latency` later. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListeningOptions } from '../../src/engine/analysis/listening';
import type { MatchingOptions } from '../../src/engine/matching/options';
import { type RenderOptions, renderOffline } from '../../src/engine/render';
import { writeModel } from '../../src/model/file';
import { phrase, randomModel } from '../support/models';
import { recorderScript } from './recorder';
import { launch, level, openTestPage, serve, type TestServer } from './support';

const SECONDS = 1.5;
const model = randomModel(3);

/** 32-bit floats in base64: arrays of numbers would take pages of JSON. */
function encode(samples: Float32Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

function decode(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}

interface Job {
  readonly sampleRate: number;
  /** one or more channels in base64 */
  readonly channels: readonly string[];
  /** samples */
  readonly length: number;
  /** frames the host renders at once; undefined: its default */
  readonly renderSizeHint?: number;
  /** values of AudioParams from the start */
  readonly knobs?: Partial<Record<'pitchShift' | 'harmonics' | 'noise' | 'reverb' | 'gain', number>>;
  readonly listening?: ListeningOptions;
  readonly matching?: MatchingOptions;
}

describe('offline', () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    server = await serve({
      '/model.safetensors': writeModel(model, { float16: false }),
      '/recorder.js': recorderScript,
    });
    browser = await launch();
    page = await openTestPage(browser, server.origin);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function renderInPage(job: Job): Promise<{ output: Float32Array; latency: number; quantum: number }> {
    const { output, latency, quantum } = await page.evaluate(async (job) => {
      const { length, sampleRate, renderSizeHint } = job;
      const options = { length, sampleRate, renderSizeHint } as OfflineAudioContextOptions;
      const context = new OfflineAudioContext(options);
      const node = await ddsp.DDSPNode.create(context, {
        model: '/model.safetensors',
        listening: job.listening,
        matching: job.matching,
      });
      const buffer = new AudioBuffer({ length, sampleRate, numberOfChannels: job.channels.length });
      job.channels.forEach((text, channel) => {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        buffer.copyToChannel(new Float32Array(bytes.buffer), channel);
      });
      for (const [name, value] of Object.entries(job.knobs ?? {})) {
        node[name as keyof NonNullable<typeof job.knobs>].value = value;
      }
      const source = new AudioBufferSourceNode(context, { buffer });
      source.start();
      source.connect(node).connect(context.destination);
      const rendered = (await context.startRendering()).getChannelData(0);
      let output = '';
      for (const byte of new Uint8Array(rendered.buffer)) output += String.fromCharCode(byte);
      const { renderQuantumSize } = context as OfflineAudioContext & { renderQuantumSize?: number };
      return { output: btoa(output), latency: node.latency, quantum: renderQuantumSize ?? 128 };
    }, job);
    return { output: decode(output), latency: Math.round(latency * job.sampleRate), quantum };
  }

  async function expectRendered(
    output: Float32Array,
    latency: number,
    audio: Float32Array,
    sampleRate: number,
    options: RenderOptions = {},
  ) {
    const expected = await renderOffline(model, audio, { sampleRate, ...options });
    let error = 0;
    for (let i = latency; i < output.length; i++)
      error = Math.max(error, Math.abs(output[i] - expected[i - latency]));
    expect(level(output)).toBeGreaterThan(1e-3);
    expect(error).toBeLessThan(1e-5);
    expect(output.subarray(0, latency - Math.round(sampleRate / 100)).every((value) => value === 0)).toBe(
      true,
    );
  }

  it.each([48000, 44100])('plays what the library renders, at %i Hz', async (sampleRate) => {
    const audio = phrase(SECONDS, sampleRate);
    const { output, latency } = await renderInPage({
      sampleRate,
      channels: [encode(audio)],
      length: audio.length,
    });
    await expectRendered(output, latency, audio, sampleRate);
  });

  it('listens as it is told', async () => {
    const audio = phrase(SECONDS, 48000);
    const listening = {
      pitchMin: 300,
      pitchMax: 1500,
      threshold: 0.3,
      dip: 'clear',
      gate: -10,
      hold: 0.05,
    } as const;
    const { output, latency } = await renderInPage({
      sampleRate: 48000,
      channels: [encode(audio)],
      length: audio.length,
      listening,
    });
    await expectRendered(output, latency, audio, 48000, listening);
    const refused = page.evaluate(async () => {
      const context = new OfflineAudioContext({ length: 128, sampleRate: 48000 });
      await ddsp.DDSPNode.create(context, { model: '/model.safetensors', listening: { threshold: 2 } });
    });
    await expect(refused).rejects.toThrow('threshold: expected 0.001 to 1, found 2');
  });

  it('matches as it is told, and by default as the library does', async () => {
    // a low and quiet player, of whom the model knows nothing
    const audio = phrase(SECONDS, 48000, 2).map((value) => 0.01 * value);
    const job = { sampleRate: 48000, channels: [encode(audio)], length: audio.length };
    const plain = await renderInPage(job);
    await expectRendered(plain.output, plain.latency, audio, 48000);
    const options = { matching: { register: 2, level: 'off' } } as const;
    const { output, latency } = await renderInPage({ ...job, ...options });
    await expectRendered(output, latency, audio, 48000, options);
    expect(level(output.map((value, i) => value - plain.output[i]))).toBeGreaterThan(1e-3);
    const refused = page.evaluate(async () => {
      const context = new OfflineAudioContext({ length: 128, sampleRate: 48000 });
      await ddsp.DDSPNode.create(context, { model: '/model.safetensors', matching: { register: 1.5 } });
    });
    await expect(refused).rejects.toThrow(
      'matching.register: expected auto, off or -4 to 4 whole octaves, found 1.5',
    );
  });

  it('plays the same in render quanta of another size, where the browser has them', async () => {
    const audio = phrase(SECONDS, 48000);
    const job = { sampleRate: 48000, channels: [encode(audio)], length: audio.length, renderSizeHint: 700 };
    const { output, latency, quantum } = await renderInPage(job);
    console.log(`render quantum: ${quantum}`);
    await expectRendered(output, latency, audio, 48000);
  });

  it('plays what the library renders with every knob turned', async () => {
    const audio = phrase(SECONDS, 48000);
    const knobs = { pitchShift: -7, harmonics: 1.6, noise: 0.2, reverb: 0.9, gain: 0.5 };
    const job = { sampleRate: 48000, channels: [encode(audio)], length: audio.length, knobs };
    const { output, latency } = await renderInPage(job);
    await expectRendered(output, latency, audio, 48000, knobs);
    const plain = await renderOffline(model, audio, { sampleRate: 48000 });
    expect(level(output.map((value, i) => value - (plain[i - latency] ?? 0)))).toBeGreaterThan(1e-3);
  });

  it('hears the average of the channels', async () => {
    const audio = phrase(SECONDS, 48000);
    const left = audio.map((value) => 1.5 * value);
    const right = audio.map((value) => 0.5 * value);
    const channels = [encode(left), encode(right)];
    const { output, latency } = await renderInPage({ sampleRate: 48000, channels, length: audio.length });
    await expectRendered(output, latency, audio, 48000);
  });
});
