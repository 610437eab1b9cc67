/** The example pages in every browser: the live one plays the sung phrase, the training one is there. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { randomModel } from '../support/models';
import { persistently } from './drivers/attempts';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser } from './drivers/page';
import { serve, type TestServer } from './support';

/** seconds */
const PATIENCE = 30;

describe.each(browsersUnderTest())('example pages in $name', ({ launch }) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({ '/site/models/violin.safetensors': writeModel(randomModel(1)) });
  });

  afterAll(() => server?.close());

  /** Of a page in a browser of its own. */
  function visit<Result>(path: string, code: () => Result | Promise<Result>): Promise<Result> {
    let browser: TestBrowser | undefined;
    return persistently(
      PATIENCE,
      async () => {
        browser = await launch();
        const page = await browser.open(server.origin + path);
        const result = (await page.evaluate(code)) as Result;
        await browser.close();
        return result;
      },
      async () => browser?.close(),
    );
  }

  it(
    'plays the sung phrase',
    async () => {
      const { latency, notice } = await visit('/site/live/', async () => {
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
      expect(latency).toMatch(/^(about )?\d+ ms \((measured|estimate)\), model \d+ ms$/);
      expect(notice).toBe('');
    },
    4000 * PATIENCE,
  );

  it(
    'offers to train',
    async () => {
      const text = await visit('/site/train/', () => document.body.innerText);
      expect(text).toMatch(/Drop recordings/);
    },
    4000 * PATIENCE,
  );
});
