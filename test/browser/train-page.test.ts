/** The page that trains, used as a person would: drop, train, hear, pause, close, return, go on, download. */

import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/wav';
import { readModel, writeModel } from '../../src/model/file';
import { renderOffline } from '../../src/play/render';
import { phrase, randomModel } from '../support/models';
import { type ServedSite, serveSite } from './site';
import { launch, level, open, temporaryWav, tone } from './support';

const recordings = [
  { name: 'high.wav', mimeType: 'audio/wav', buffer: Buffer.from(writeWav(phrase(5, 44100, 1), 44100)) },
  { name: 'low.wav', mimeType: 'audio/wav', buffer: Buffer.from(writeWav(phrase(6, 48000, 2), 48000)) },
  { name: 'notes.wav', mimeType: 'audio/wav', buffer: Buffer.from('these are no sounds') },
  { name: 'cover.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('a picture') },
];

describe('the training page', () => {
  let browser: Browser;
  let context: BrowserContext;
  let site: ServedSite;
  const microphone = temporaryWav(tone(330, 2, 48000), 48000);

  beforeAll(async () => {
    site = await serveSite();
    browser = await launch(microphone.file);
    context = await browser.newContext({ acceptDownloads: true });
    // on a busy machine a first step takes a while
    context.setDefaultTimeout(60_000);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    microphone.remove();
  });

  async function visit(): Promise<Page> {
    const page = await open(context, `${site.url}train/`);
    await page.waitForSelector('#picker');
    return page;
  }

  async function drop(page: Page): Promise<void> {
    const files = recordings.map(({ name, mimeType, buffer }) => ({
      ...{ name, type: mimeType, base64: buffer.toString('base64') },
    }));
    const dataTransfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    }, files);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer });
  }

  const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
  const number = async (page: Page, id: string) =>
    Number((await text(page, id)).replaceAll(',', '').match(/\d+/)?.[0]);
  const says = (page: Page, id: string, pattern: RegExp) =>
    page.waitForFunction(
      ([id, source]) => new RegExp(source).test(document.getElementById(id)?.textContent ?? ''),
      [id, pattern.source] as const,
      { polling: 100 },
    );

  it('learns from dropped recordings, is heard meanwhile, and goes on after the tab was closed', async () => {
    let page = await visit();
    expect(await page.isVisible('#training-card')).toBe(false);
    await drop(page);
    await page.waitForSelector('#recordings li');
    expect(await page.locator('#recordings .name').allTextContents()).toEqual(['high.wav', 'low.wav']);
    expect(await page.getAttribute('#recordings canvas >> nth=0', 'aria-label')).toMatch(/pitch, from [A-G]/);
    expect(await text(page, 'refused')).toMatch(/notes\.wav.*text/);
    expect(await text(page, 'notice')).toMatch(/cover\.jpg.*is no sound and was ignored/);
    expect(await page.inputValue('#name')).toBe('High');
    await page.fill('#name', 'Glider');
    await page.keyboard.press('Enter');

    await page.getByLabel('Quick').focus();
    await page.keyboard.press('Space');
    await page.focus('#train');
    await page.keyboard.press('Enter');
    await says(page, 'status', /^Training$/);
    expect(await text(page, 'train')).toBe('Pause');
    await says(page, 'left', /\d/);

    await page.click('#hear');
    await says(page, 'heard-step', /step \d/);
    await page.waitForFunction(() => Number(document.getElementById('out-level')?.ariaValueNow) > -50);
    const heard = await number(page, 'heard-step');
    await page.waitForFunction(
      (before) => Number(document.getElementById('heard-step')?.textContent?.match(/\d+/)) > before,
      heard,
    );
    await page.click('#hear');

    const loss = (await page.getAttribute('#chart', 'aria-label')) ?? '';
    expect(loss).toMatch(/^The loss .*\d steps?: it .*On held-out recordings it is \d/);
    await page.click('#train');
    await says(page, 'status', /^Paused$/);
    expect(await text(page, 'notice')).toBe('');
    const saved = await number(page, 'saved');
    expect(await number(page, 'step')).toBe(saved);
    expect(saved).toBeGreaterThan(heard);
    await page.close();

    page = await visit();
    await page.waitForSelector('#projects li');
    expect(await text(page, 'projects')).toMatch(new RegExp(`Glider.*step ${saved} of`));
    await page.getByRole('button', { name: 'Resume: Glider' }).click();
    await says(page, 'status', /^Training$/);
    const resumed = await number(page, 'step');
    expect(resumed).toBeGreaterThanOrEqual(saved);
    expect(resumed).toBeLessThan(saved + 50);
    await page.waitForFunction(
      (before) => Number(document.getElementById('step')?.textContent?.match(/\d+/)) >= before,
      saved + 3,
    );
    // what ends now was not paused
    const before = await number(page, 'saved');
    await page.close();

    page = await visit();
    await page.waitForSelector('#projects li');
    await page.getByRole('button', { name: 'Resume: Glider' }).click();
    await says(page, 'status', /^Training$/);
    expect(await number(page, 'step')).toBeGreaterThanOrEqual(before);
    await page.click('#train');
    await says(page, 'status', /^Paused$/);

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(download.suggestedFilename()).toBe('Glider.safetensors');
    const model = readModel(readFileSync(await download.path()));
    expect(model.about).toMatchObject({ name: 'Glider', trainedOn: ['2 recordings, 0.2 min'] });
    const { sampleRate } = model;
    const sung = tone(220, 1, sampleRate);
    expect(level(await renderOffline(model, sung, { sampleRate }), sampleRate / 2)).toBeGreaterThan(0.01);

    // both sides, one after the other, at the same place
    await page.click('#play-model');
    await page.waitForSelector('#play-model[aria-pressed=true]');
    await page.click('#play-original');
    await page.waitForSelector('#play-model[aria-pressed=false]');
    expect(await page.getAttribute('#play-original', 'aria-pressed')).toBe('true');
    await page.click('#play-original');
    expect(await page.getAttribute('#play-original', 'aria-pressed')).toBe('false');
    expect(await text(page, 'distance')).toMatch(/^\d+\.\d dB: \w/);

    await page.click('#play');
    await page.waitForURL(/\/live\/\?own=/);
    await page.waitForSelector('#start:enabled');
    expect(await page.locator('#model option:checked').textContent()).toBe('Glider');
    await page.click('#start');
    await page.waitForFunction(() => Number(document.getElementById('out-level')?.ariaValueNow) > -50);
    await page.goBack();
    await page.getByRole('button', { name: 'Resume: Glider' }).click();
    await says(page, 'status', /^Training$/);

    await page.click('#delete');
    await page.click('#confirm [value=cancel]');
    expect(await page.isVisible('#model-cards')).toBe(true);
    await page.click('#delete');
    await page.click('#confirm [value=delete]');
    await page.waitForSelector('#intro:visible');
    expect(await page.locator('#projects li').count()).toBe(0);
    await page.close();
  }, 150_000);

  it('says what is wrong with files of which none can be used, and keeps nothing of them', async () => {
    const page = await visit();
    await page.setInputFiles('#files', [recordings[2]]);
    await page.waitForSelector('#notice:visible');
    expect(await text(page, 'notice')).toMatch(/notes\.wav.*text/);
    expect(await page.locator('#projects li').count()).toBe(0);
    await page.close();
  });

  it('records takes of the microphone: one is trained on, one is dropped', async () => {
    let page = await visit();
    for (const count of [1, 2]) {
      await page.click('#record');
      await says(page, 'record', /Stop recording, 0:0[3-9]/);
      await page.click('#record');
      await page.waitForFunction(
        (count) => document.querySelectorAll('#takes audio').length === count,
        count,
      );
    }
    await page.close();

    // takes wait for their decision
    page = await visit();
    await page.waitForSelector('#takes li:nth-child(2)');
    await page
      .getByRole('button', { name: /^Drop:/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Train with it/ }).click();
    await page.waitForSelector('#recordings li');
    expect(await text(page, 'recordings')).toMatch(/Take [\d.]+\.wav/);
    expect(await page.locator('#takes li').count()).toBe(0);
    expect(await page.getAttribute('#recordings canvas', 'aria-label')).toMatch(/from E4 to E4/);
    await page.click('#train');
    await says(page, 'chart-says', /^The loss (is \d|went)/);
    await page.waitForSelector('#chart canvas');
    await page.click('#train');
    await says(page, 'status', /^Paused$/);
    await page.click('#delete');
    await page.click('#confirm [value=delete]');
    await page.waitForSelector('#intro:visible');
    await page.close();
  }, 150_000);

  it('lists instruments that were opened on the play page, plays and deletes them', async () => {
    const page = await open(await browser.newContext(), `${site.url}live/`);
    const buffer = Buffer.from(writeModel(randomModel(9)));
    await page.setInputFiles('#model-file', { name: 'mine.safetensors', mimeType: '', buffer });
    await page.waitForSelector('#forget:visible');
    await page.goto(`${site.url}train/`);
    await page.getByRole('button', { name: 'Play: random 9' }).click();
    await page.waitForURL(/own=mine/);
    await page.goto(`${site.url}train/`);
    await page.getByRole('button', { name: 'Delete: random 9' }).click();
    await page.click('#confirm [value=delete]');
    await page.waitForSelector('#home', { state: 'hidden' });
    await page.close();
  });

  it('has a name for every control, and fits a small phone', async () => {
    const page = await visit();
    await page.click('#demo');
    await page.waitForSelector('#training-card:visible');
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    for (const control of await page.locator('input, select, button, progress, canvas').all()) {
      const name = await control.evaluate((element: HTMLInputElement) =>
        [
          element.ariaLabel,
          element.textContent,
          ...[...(element.labels ?? [])].map((label) => label.textContent),
        ].join(''),
      );
      expect(name.trim(), await control.evaluate(({ id }) => id)).not.toBe('');
    }
    await page.close();
  });
});
