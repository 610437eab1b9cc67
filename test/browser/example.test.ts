/** The example page: it starts, shows what is sung, and says in words what does not work. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { randomModel } from '../support/models';
import { launch, open, serve, type TestServer } from './support';

describe('examples/live', () => {
  let browser: Browser;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({ '/site/models/violin.safetensors': writeModel(randomModel(1)) });
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function visit(): Promise<Page> {
    const page = await open(browser, `${server.origin}/site/live/`);
    await page.waitForSelector('#start:enabled');
    return page;
  }

  it('plays the sung phrase, with the keyboard alone', async () => {
    const page = await visit();
    // past the links to the pages
    for (let i = 0; i < 5; i++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('start');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      /^[A-G]♯?\d$/.test(document.getElementById('note-name')?.textContent ?? ''),
    );
    await page.waitForFunction(() => document.getElementById('status')?.textContent === 'Playing');
    expect(await page.textContent('#latency')).toMatch(
      /^(about )?\d+ ms \((measured|estimate)\), model \d+ ms$/,
    );
    await page.waitForFunction(() => Number(document.getElementById('out-level')?.ariaValueNow) > -50);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.getElementById('status')?.textContent === 'Stopped');
    expect(await page.textContent('#notice')).toBe('');
  });

  it('takes a model file and a recording of the user, and plays on when the model is no good', async () => {
    const page = await visit();
    await page.setInputFiles('#model-file', {
      name: 'mine.safetensors',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(writeModel(randomModel(9))),
    });
    await page.setInputFiles('#file', 'examples/live/phrase.wav');
    await page.waitForSelector('input[value=file]:checked', { state: 'attached' });
    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('about')?.textContent?.includes('random 9'));
    await page.setInputFiles('#model-file', {
      name: 'broken.safetensors',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('no model'),
    });
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toMatch(/broken\.safetensors.*is not a complete instrument/);
    expect(await page.locator('#model option:checked').textContent()).toMatch(/random 9/);
    expect(await page.textContent('#model')).not.toMatch(/broken/);
    await page.waitForFunction(() => document.getElementById('status')?.textContent === 'Playing');
    await page.close();
  });

  it('says how the player is matched, and matches as it is told', async () => {
    const page = await visit();
    await page.click('#start');
    const shown = (id: string, text: RegExp) =>
      page.waitForFunction(
        ([id, text]) => new RegExp(text).test(document.querySelector<HTMLOutputElement>(id)?.value ?? ''),
        [id, text.source] as const,
      );
    // a voice is in the range of this model, and far louder than it was trained
    await shown('#register-now', /^as sung$/);
    await shown('#level-now', /^−\d+ dB$/);
    expect(await page.isVisible('#legend-shifted')).toBe(false);
    await page.selectOption('#register', '1');
    await page.waitForSelector('#legend-shifted:visible');
    await shown('#register-now', /^$/);
    await page.selectOption('#level', 'off');
    await shown('#level-now', /^$/);
    await page.click('#reset');
    await shown('#register-now', /^as sung$/);
    await page.close();
  });

  it('says that there is no microphone', async () => {
    const page = await visit();
    await page.getByLabel('Microphone').focus();
    await page.keyboard.press('Space');
    await page.click('#start');
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toMatch(/microphone/);
    expect(await page.textContent('#status')).toBe('Stopped');
    await page.close();
  });

  it('says what to do when the microphone is refused, and plays the phrase afterwards', async () => {
    const page = await visit();
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await page.getByLabel('Microphone').focus();
    await page.keyboard.press('Space');
    await page.click('#start');
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toMatch(/not allowed.*site settings/);
    expect(await page.textContent('#status')).toBe('Stopped');
    await page.getByLabel('Sung phrase').focus();
    await page.keyboard.press('Space');
    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('status')?.textContent === 'Playing');
    await page.close();
  });

  it('has a name for every control, and fits a small phone', async () => {
    const page = await visit();
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    for (const control of await page.locator('input, select, button').all()) {
      const name = await control.evaluate((element: HTMLInputElement) =>
        [
          element.ariaLabel,
          element.textContent,
          ...[...(element.labels ?? [])].map((l) => l.textContent),
        ].join(''),
      );
      expect(name.trim()).not.toBe('');
    }
    await page.close();
  });
});
