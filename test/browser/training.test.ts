/** Training in a page: the same recordings, workers and seed give what they give in Node. */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import { downmix, resample } from '../../src/audio/resample';
import { writeWav } from '../../src/audio/wav';
import { datasetOptions } from '../../src/train/config';
import { Dataset } from '../../src/train/data/dataset';
import { Trainer } from '../../src/train/learn/trainer';
import { phrase } from '../support/models';
import { launch, open, serve, type TestServer } from './support';
import { smallConfig as config } from './training';

const { sampleRate: SAMPLE_RATE } = config.model;
const wav = writeWav(phrase(6, SAMPLE_RATE, 1), SAMPLE_RATE);
const encoded = ['tone.flac', 'tone.mp3', 'tone.ogg', 'tone.opus', 'tone-flac.oga'];
const fixture = (name: string) => readFileSync(`test/fixtures/audio/${name}`);

describe('training in a page', () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    server = await serve({
      '/phrase.wav': wav,
      ...Object.fromEntries(encoded.map((name) => [`/${name}`, fixture(name)])),
    });
    browser = await launch();
    page = await openTrainingPage('/');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function openTrainingPage(address: string): Promise<Page> {
    const page = await open(browser, `${server.origin}${address}`);
    await page.evaluate(`import('/dist/train/browser.js').then((library) => {
      window.training = library;
      window.sourceOf = async (name) => ({
        name,
        content: await (await fetch('/' + name)).blob(),
      });
    })`);
    return page;
  }

  it('takes the steps that Node takes', async () => {
    const dataset = await Dataset.fromFiles([{ name: 'phrase.wav', content: wav }], datasetOptions(config));
    const trainer = await Trainer.create({ dataset, config, workers: 2 });
    const expected: number[] = [];
    for await (const event of trainer.run()) if ('loss' in event) expected.push(event.loss);
    await trainer.close();

    const losses = await page.evaluate(async (config) => {
      const { Dataset, datasetOptions, Trainer } = training;
      const dataset = await Dataset.fromFiles([await sourceOf('phrase.wav')], datasetOptions(config));
      const trainer = await Trainer.create({ dataset, config, workers: 2 });
      const losses: number[] = [];
      let half = new Uint8Array();
      for await (const event of trainer.run()) {
        if ('loss' in event) losses.push(event.loss);
        else if (event.type === 'checkpoint' && event.step === 3)
          half = event.bytes as Uint8Array<ArrayBuffer>;
      }
      await trainer.close();
      const resumed = await Trainer.create({ dataset, config, workers: 2, checkpoint: half });
      for await (const event of resumed.run()) if ('loss' in event) losses.push(event.loss);
      await resumed.close();
      return losses;
    }, config);

    expect(losses.length).toBeGreaterThan(expected.length);
    for (const [i, loss] of expected.entries()) expect(loss / losses[i]).toBeCloseTo(1, 3);
    // resumed at step 3, whose validation the checkpoint knows
    expect(losses.slice(expected.length)).toEqual(losses.slice(5, expected.length));
  });

  it.each(encoded)('decodes %s as Node does', async (name) => {
    const bytes = fixture(name);
    const { channels, sampleRate } = await decodeAudio(bytes, name);
    const expected = await resample(downmix(channels), sampleRate, SAMPLE_RATE);
    const samples = await page.evaluate(
      async ({ name, to }) => {
        const { decodeAudio, downmix, resample } = training;
        const { channels, sampleRate } = await decodeAudio(
          new Uint8Array(await ((await sourceOf(name)).content as Blob).arrayBuffer()),
          name,
        );
        return Array.from(await resample(downmix(channels), sampleRate, to));
      },
      { name, to: SAMPLE_RATE },
    );
    expect(samples.length).toBe(expected.length);
    const worst = Math.max(...samples.map((value, i) => Math.abs(value - expected[i])));
    // the browser's own decoders may round to 16 bits
    expect(worst).toBeLessThan(2 ** -15);
  });

  describe('under a Content-Security-Policy that forbids blob: workers', () => {
    const policy = "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'";

    async function start(workerUrl?: string): Promise<string> {
      const page = await openTrainingPage(`/csp?${encodeURIComponent(policy)}`);
      const outcome = await page.evaluate(
        async ({ config, workerUrl }) => {
          const { Dataset, datasetOptions, Trainer } = training;
          try {
            const options = { ...datasetOptions(config), workers: 1, workerUrl };
            const dataset = await Dataset.fromFiles([await sourceOf('phrase.wav')], options);
            const trainer = await Trainer.create({ dataset, config, workers: 1, workerUrl });
            await trainer.close();
            return 'started';
          } catch (error) {
            return String(error);
          }
        },
        { config, workerUrl },
      );
      await page.close();
      return outcome;
    }

    it('starts workers from an address', async () => {
      expect(await start('/dist/train/worker.js')).toBe('started');
    });

    it('says what to do when there is none, or it leads nowhere', async () => {
      expect(await start()).toMatch(/TrainingError.*worker-src blob:.*workerUrl/);
      expect(await start('/nowhere.js')).toMatch(/TrainingError.*nowhere\.js.*serve/);
    });
  });
});
