/** The built site in every browser: start and play page play the sung phrase, the training page reads a recording. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { persistently } from './drivers/attempts';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser } from './drivers/page';
import { type ServedSite, serveSite } from './site';

/** seconds */
const PATIENCE = 30;

/** In the page: resolves when the condition holds. */
declare function until(condition: () => boolean): Promise<void>;

/** Gives a page `until`. It looks at every picture that the page draws. */
function installUntil(): void {
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        try {
          if (condition()) resolve();
          else requestAnimationFrame(look);
        } catch (error) {
          reject(error);
        }
      };
      look();
    });
  Object.assign(globalThis, { until });
}

describe.each(browsersUnderTest())('the site in $name', ({ name, launch }) => {
  let site: ServedSite;

  beforeAll(async () => {
    site = await serveSite();
  });

  afterAll(() => site?.close());

  /** Of a page in a browser of its own. */
  function visit<Result>(path: string, code: () => Result | Promise<Result>): Promise<Result> {
    let browser: TestBrowser | undefined;
    return persistently(
      PATIENCE,
      async () => {
        browser = await launch();
        const page = await browser.open(site.url + path);
        await page.evaluate(installUntil);
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
      const { latency, notice } = await visit('live/', async () => {
        const text = (id: string) => document.getElementById(id)?.textContent ?? '';
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
    'plays an instrument with one click on the start page',
    async () => {
      const notice = await visit('', async () => {
        const start = document.getElementById('start') as HTMLButtonElement;
        await until(() => !start.disabled);
        start.click();
        await until(() => start.dataset.playing === '');
        start.click();
        await until(() => start.dataset.playing === undefined);
        return document.getElementById('notice')?.textContent;
      });
      expect(notice).toBe('');
    },
    4000 * PATIENCE,
  );

  it(
    'hosts two plugins: sound, notes, automation, states, and one that goes and comes again',
    async () => {
      const { windows, heard, notice, followed } = await visit('wam-host/', async () => {
        const get = (id: string) => document.getElementById(id) as HTMLButtonElement;
        const status = (text: string) => until(() => get('status').textContent === text);
        const dial = (id: string) =>
          get(id).firstElementChild?.shadowRoot?.querySelector('input[type=range]') as HTMLInputElement;
        await until(() => !get('start').disabled);
        get('start').click();
        await status('Playing');
        const windows = ['first', 'second'].map((id) => get(id).childElementCount);
        await until(() =>
          /\d/.test(
            get('first').firstElementChild?.shadowRoot?.querySelector('figcaption')?.textContent ?? '',
          ),
        );
        get('save').click();
        await status('Saved');
        get('sweep').click();
        await until(() => dial('first').valueAsNumber > 6);
        const heard = dial('first').getAttribute('aria-valuetext');
        get('restore').click();
        await status('Restored');
        get('follow').click();
        await until(() => get('follow').getAttribute('aria-pressed') === 'true');
        const followed = !get('notes').disabled;
        get('notes').click();
        get('remove').click();
        await until(() => get('second').childElementCount === 0);
        get('remove').click();
        await until(() => get('second').childElementCount === 1);
        get('start').click();
        await status('Stopped');
        return { windows, heard, followed, notice: get('notice').textContent };
      });
      expect(windows).toEqual([1, 1]);
      expect(heard).toMatch(/^\d+ st$/);
      expect(followed).toBe(true);
      expect(notice).toBe('');
    },
    4000 * PATIENCE,
  );

  it(
    'reads recordings to train on',
    async () => {
      const summary = await visit('train/', async () => {
        const demo = document.getElementById('demo') as HTMLButtonElement;
        await until(() => !demo.disabled);
        demo.click();
        const text = (id: string) => document.getElementById(id)?.textContent ?? '';
        await until(() => Boolean(text('summary')) || /stores no data/.test(text('notice')));
        return text('summary') || text('notice');
      });
      // driven from outside, it is a private window
      expect(summary).toMatch(
        name === 'WebKit' ? /stores no data.*private window/ : /2 recordings · \d:\d\d of sound/,
      );
    },
    4000 * PATIENCE,
  );
});
