/** The listening page in Chromium: a whole test by keyboard, and its answers as a file. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locate } from '../../site/layout.mjs';
import { writeWav } from '../../src/audio/wav';
import { phrase } from '../support/models';
import { launch, open, serveFrom, type TestServer } from './support';

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  server = await serveFrom((pathname) => {
    const file = locate(pathname.slice(1));
    return file && readFileSync(file);
  });
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const sound = (name: string, gain: number) => ({
  name,
  mimeType: 'audio/wav',
  buffer: Buffer.from(
    writeWav(
      phrase(1, 16_000, 1).map((value) => gain * value),
      16_000,
    ),
  ),
});

it('plays the pairs blind, by keyboard, and gives the answers', async () => {
  const page = await open(browser, `${server.origin}/listen/`);
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await page.innerText('#found')).toContain('Three clips');
  await page.setInputFiles('#files', sound('notes.wav', 1));
  expect(await page.innerText('#notice')).toMatch(/No clips there: choose files such as/);
  await page.setInputFiles('#files', [
    sound('1-a-original.wav', 1),
    sound('1-a-reconstruction.wav', 0.5),
    sound('1-a-direct-fit.wav', 0.1),
  ]);
  expect(await page.innerText('#found')).toBe('1 clip, 3 pairs of: recording, direct fit, reconstruction.');
  expect(await page.innerText('#notice')).toBe('');
  expect(await wide()).toBe(390);

  await page.focus('#start');
  await page.keyboard.press('Enter');
  for (const [i, key] of ['1', '2', '0'].entries()) {
    await page.waitForSelector('#play-a:enabled');
    expect(await page.innerText('#place')).toBe(`Pair ${i + 1} of 3`);
    // nothing on the page says what A and B are
    expect(await page.innerText('#trial')).not.toMatch(/recording|reconstruction|direct/);
    expect(await wide()).toBe(390);
    // not before both were heard
    await page.keyboard.press(key);
    await page.keyboard.press('a');
    expect(await page.getAttribute('#play-a', 'aria-pressed')).toBe('true');
    expect(await page.isDisabled('#choose-a')).toBe(true);
    await page.keyboard.press('b');
    expect(await page.getAttribute('#play-a', 'aria-pressed')).toBe('false');
    expect(await page.isDisabled('#choose-a')).toBe(false);
    await page.keyboard.press(key);
  }
  await page.waitForSelector('#results:visible');
  const rows = await page.$$eval('#scores tr', (all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  expect(rows.map(([version]) => version).sort()).toEqual(
    ['direct fit', 'reconstruction', 'recording'].sort(),
  );
  expect(rows.map(([, , , trials]) => trials)).toEqual(['2', '2', '2']);
  expect(await wide()).toBe(390);

  const downloading = page.waitForEvent('download');
  await page.click('#download');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('listening-test.csv');
  const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(head).toBe('clip,a,b,choice,preferred,seconds');
  const answers = lines.map((line) => line.split(','));
  expect(answers.map(([clip, , , choice]) => [clip, choice])).toEqual([
    ['1-a', 'a'],
    ['1-a', 'b'],
    ['1-a', 'equal'],
  ]);
  expect(answers.map(([, a, b, , preferred]) => preferred === '' || [a, b].includes(preferred))).toEqual([
    true,
    true,
    true,
  ]);
  expect(answers[0][4]).toBe(answers[0][1]);

  await page.click('#again');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('start');
});
