import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Reconstructions } from '../../src/train/run/reconstructions';
import { type ReportData, thinOut } from '../../src/train/run/report/data';
import { reportHtml } from '../../src/train/run/report/html';
import { phrase, randomModel } from '../support/models';
import { launch } from './support';

const validation = (step: number) => ({
  step,
  loss: 3 / (step + 1),
  logSpectralDistance: 9 - step / 100,
  spectralConvergence: 0.5,
  loudnessError: 1.5,
  mfccDistance: Number.NaN,
  yardsticks: {
    harmonicError: { value: 0.4 - step / 10_000, recording: 0 },
    envelopeMotion: { value: 1.84, recording: 3.32 },
  },
});

describe('a report, opened from disk', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let data: ReportData;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await launch();
    folder = await mkdtemp(path.join(tmpdir(), 'ddsp-report-'));
    const model = randomModel(3);
    const audio = phrase(1.5, model.sampleRate, 1);
    const listening = await Reconstructions.create([{ title: 'a "phrase" </script>', audio }], {
      settings: model,
    });
    await listening.hear(model);
    const steps = Array.from({ length: 1200 }, (_, i) => ({
      type: 'step' as const,
      step: i + 1,
      time: i,
      loss: 3 / (i + 1),
      learningRate: 1e-3,
      gradientNorm: 2,
      secondsPerExample: 0.01,
    }));
    data = {
      title: 'Cello & co',
      state: 'training',
      note: '',
      written: Date.now(),
      step: 1200,
      steps: 2000,
      secondsLeft: 100,
      chosenBy: 'logSpectralDistance',
      best: validation(500),
      training: thinOut(steps),
      validations: [0, 500, 1000].map(validation),
      clips: listening.clips,
      heardAt: 1000,
      yardsticks: listening.yardsticks,
      pictureRange: listening.pictureRange,
      data: [['recordings', '3']],
      config: 'trainer:\n  steps: 2000\n',
    };
  });
  afterEach(async () => {
    await page?.close();
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  const file = () => path.join(folder, 'report.html');

  async function openReport(width: number): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.clock.install({ time: data.written });
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) errors.push(request.url());
    });
    await writeFile(file(), reportHtml(data));
    await page.goto(pathToFileURL(file()).href);
  }

  it.each([1280, 360])('shows curves, pictures and players in a window %i wide', async (width) => {
    await openReport(width);
    const text = await page.innerText('body');
    expect(text).toMatch(/Cello & co\s+training: step 1200 of 2000, 2 min left/);
    expect(text).toMatch(/log-spectral distance\s+4.00 dB/);
    expect(text).toMatch(/MFCC distance\s+–/);
    expect(text).toMatch(/harmonic error\s+0.350\s+\d/);
    expect(text).toContain("1.84 dB (0.55 of the recordings' 3.32 dB)");
    expect(text).toMatch(/pitch missed\s+–\s+\d+.\d %/);
    expect(text).toContain('a "phrase" </script>, 1.5 s');
    const canvases = await page.$$eval('canvas', (all) =>
      all.map((canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
      }),
    );
    expect(canvases).toEqual(Array(9).fill(true));
    const pictures = await page.$$eval('img', (all) =>
      all.map(({ complete, naturalWidth, naturalHeight }) => [complete, naturalWidth, naturalHeight]),
    );
    expect(pictures).toEqual([
      [true, 150, 200],
      [true, 150, 200],
    ]);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('audio')].every((audio) => audio.readyState),
    );
    expect(await page.$$eval('audio', (all) => all.map(({ duration }) => duration))).toEqual([1.5, 1.5]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it('reads anew what is written while training goes on, but not while somebody listens', async () => {
    await openReport(800);
    await writeFile(file(), reportHtml({ ...data, step: 1300 }));
    await page.evaluate(() => {
      const audio = document.querySelector('audio')!;
      audio.loop = true;
      return audio.play();
    });
    await page.clock.runFor(25_000);
    expect(await page.innerText('header')).toContain('step 1200');
    await page.evaluate(() => document.querySelector('audio')!.pause());
    const reloaded = page.waitForEvent('load');
    await page.clock.runFor(25_000);
    await reloaded;
    expect(await page.innerText('header')).toContain('step 1300');
  });

  it('says so when nothing has been written for long, and why a run ended', async () => {
    data = { ...data, written: data.written - 11 * 60_000 };
    await openReport(800);
    await page.clock.setSystemTime(data.written + 11 * 60_000);
    await page.reload();
    expect(await page.innerText('header')).toContain('no news: step 1200 of 2000');
    await page.close();
    data = {
      ...data,
      state: 'failed',
      note: 'step 1200: the loss is NaN',
      best: null,
      validations: [],
      clips: [],
    };
    await openReport(800);
    const text = await page.innerText('body');
    expect(text).toMatch(/failed: step 1200 of 2000.*the loss is NaN/s);
    expect(text).not.toContain('Held-out');
  });
});
