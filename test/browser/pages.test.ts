/** The example pages in every browser: the live one plays the sung phrase, the training one is there. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { randomModel } from '../support/models';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser } from './drivers/page';
import { serve, type TestServer } from './support';

describe.each(browsersUnderTest())('example pages in $name', ({ launch }) => {
  let browser: TestBrowser;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({ '/models/violin.safetensors': writeModel(randomModel(1)) });
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('plays the sung phrase', async () => {
    const page = await browser.open(`${server.origin}/examples/live/`);
    const { latency, notice } = await page.evaluate(async () => {
      const text = (id: string) => document.getElementById(id)?.textContent ?? '';
      const until = async (condition: () => boolean) => {
        while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
      };
      const start = document.getElementById('start') as HTMLButtonElement;
      await until(() => !start.disabled);
      start.click();
      await until(() => text('status') === 'Playing' && /^[A-G]♯?\d$/.test(text('note-name')));
      await until(() => Number(document.getElementById('out-level')?.ariaValueNow) > -50);
      const shown = { latency: text('latency'), notice: text('notice') };
      start.click();
      await until(() => text('status') === 'Stopped');
      return shown;
    });
    expect(latency).toMatch(/^\d+ ms, model \d+ ms$/);
    expect(notice).toBe('');
    await page.close();
  });

  it('offers to train', async () => {
    const page = await browser.open(`${server.origin}/examples/train/`);
    expect(await page.evaluate(() => document.body.innerText)).toMatch(/Drop recordings/);
    await page.close();
  });
});
