/** The built site under a path of its own: every page at every size, by every kind of reader, without a network, from any server. */

import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite, list } from '../../site/build.mjs';
import { writeWav } from '../../src/audio/wav';
import { phrase } from '../support/models';
import { type ServedSite, serveSite } from './site';
import { launch, open } from './support';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = [
  { name: 'desktop', width: 1280, height: 900 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'phone on its side', width: 844, height: 390 },
  { name: 'desktop at 200%', width: 640, height: 450 },
];
const LIMIT = 400_000;
const recording = {
  name: 'notes.wav',
  mimeType: 'audio/wav',
  buffer: Buffer.from(writeWav(phrase(5, 44100, 1), 44100)),
};

describe('the site', () => {
  let browser: Browser;
  let site: ServedSite;

  beforeAll(async () => {
    site = await serveSite({ reference: true });
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function visit(address: string, options?: BrowserContextOptions): Promise<Page> {
    return open(await browser.newContext(options), site.url + address);
  }
  const leave = (page: Page) => page.context().close();
  const plays = (page: Page) =>
    page.waitForFunction(() => document.getElementById('start')?.dataset.playing === '');

  it('plays an instrument with one click, changes it, and leads to the other pages', async () => {
    const page = await visit('');
    await page.click('#start:enabled');
    await plays(page);
    for (const name of ['Saxophone', 'The voice']) {
      await page.getByLabel(name).check({ force: true });
    }
    expect(await page.textContent('#notice')).toBe('');
    await page.keyboard.press('Escape');
    await page.click('#start');
    await page.click('a.way >> nth=0');
    expect(page.url()).toBe(`${site.url}live/`);
    await page.click('nav >> text=Train');
    expect(page.url()).toBe(`${site.url}train/`);
    await leave(page);
  });

  it.each(SIZES)('has Start in view, and nothing beside the screen: $name', async ({ width, height }) => {
    const page = await visit('', { viewport: { width, height } });
    const fits = async (id: string) => {
      await page.waitForSelector(`#${id}:visible`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).toBe(width);
      for (const to of [0, 1e6]) {
        const shown = await page.evaluate(
          ([id, to]) => {
            window.scrollTo(0, to);
            const { top, bottom } = (document.getElementById(id) as HTMLElement).getBoundingClientRect();
            return top >= 0 && bottom <= window.innerHeight;
          },
          [id, to] as const,
        );
        expect(shown, `${page.url()} scrolled to ${to}`).toBe(true);
      }
    };
    await fits('start');
    await page.goto(`${site.url}live/`);
    await page.waitForSelector('#start:enabled');
    await fits('start');
    await page.goto(`${site.url}train/`);
    await page.setInputFiles('#files', recording);
    await fits('train');
    for (const address of ['docs/', 'docs/research/performance/', 'credits/']) {
      await page.goto(site.url + address);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBe(width);
    }
    await leave(page);
  });

  describe.each(['dark', 'light'] as const)('without findings of axe, %s', (colorScheme) => {
    let context: BrowserContext;
    beforeAll(async () => {
      context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    });
    afterAll(() => context?.close());

    async function findings(page: Page): Promise<string[]> {
      await page.evaluate(AXE);
      return page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await axe.run();
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
      });
    }

    const addresses = [
      '',
      'keys/',
      'docs/',
      'listen/',
      ...(colorScheme === 'dark' ? ['docs/research/pitch/', 'docs/hosting/', 'credits/'] : []),
    ];
    it.each(addresses)('/%s', async (address) => {
      const page = await open(context, site.url + address);
      expect(await findings(page)).toEqual([]);
      await page.close();
    });

    it('/live/, stopped, and playing with everything open', async () => {
      const page = await open(context, `${site.url}live/`);
      await page.waitForSelector('#start:enabled');
      expect(await findings(page)).toEqual([]);
      await page.setInputFiles('#file', {
        name: 'none.wav',
        mimeType: 'audio/wav',
        buffer: Buffer.from('no sound'),
      });
      await page.waitForSelector('#notice:visible');
      await page.click('#start');
      await plays(page);
      await page.click('#record');
      await page.waitForSelector('#record:has-text("0:01")');
      await page.click('#record');
      await page.waitForSelector('#takes audio');
      await page.click('.devices summary');
      await page.click('#share');
      await page.getByLabel('Your file').check({ force: true });
      expect(await findings(page)).toEqual([]);
      await page.close();
    });

    it('/wam-host/, stopped, and with both windows', async () => {
      const page = await open(context, `${site.url}wam-host/`);
      await page.waitForSelector('#start:enabled');
      expect(await findings(page)).toEqual([]);
      await page.click('#start');
      await plays(page);
      expect(await findings(page)).toEqual([]);
      await page.close();
    });

    it('/train/, empty, and with an instrument', async () => {
      const page = await open(context, `${site.url}train/`);
      await page.waitForSelector('#intro:visible');
      expect(await findings(page)).toEqual([]);
      await page.setInputFiles('#files', recording);
      await page.waitForSelector('#training-bar:visible');
      expect(await findings(page)).toEqual([]);
      // as after training
      await page.evaluate(() => {
        for (const id of ['model-cards', 'home', 'take-meter'])
          (document.getElementById(id) as HTMLElement).hidden = false;
      });
      expect(await findings(page)).toEqual([]);
      await page.close();
    });
  });

  it('keeps the shapes of its controls with the system’s own colours', async () => {
    const page = await visit('live/', { forcedColors: 'active' });
    await page.waitForSelector('#start:enabled');
    const seen = await page.evaluate(() => {
      const style = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
      const system = style('body').color;
      return {
        start:
          style('#start').borderTopColor === system ||
          style('#start').borderTopColor !== style('body').backgroundColor,
        slider: style('#gain').appearance,
        meter: style('#in-level').borderTopWidth,
        chosen:
          style('.segments input:checked + span').backgroundColor !==
          style('.segments input:not(:checked) + span').backgroundColor,
      };
    });
    expect(seen).toEqual({ start: true, slider: 'auto', meter: '1px', chosen: true });
    await leave(page);
  });

  it('opens and plays without a network, once it was visited', async () => {
    const page = await visit('live/');
    const kept = (file: string) =>
      page.waitForFunction(async (file) => Boolean(await caches.match(file)), site.url + file, {
        polling: 100,
      });
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await kept('models/violin.safetensors');
    await page.goto(`${site.url}train/`);
    await kept('train/saxophone-soft.opus');
    await kept('lib/train/train-worker.browser.js');

    await page.context().setOffline(true);
    await page.goto(`${site.url}live/?pitchShift=3`);
    await page.click('#start:enabled');
    await plays(page);
    await page.goto(`${site.url}train/index.html`);
    await page.setInputFiles('#files', recording);
    await page.waitForSelector('#training-bar:visible');
    await page.goto(site.url);
    await page.click('#start:enabled');
    await plays(page);
    await leave(page);
  });

  it('loads less than 400 kB gzipped on a first visit to the play page that plays', async () => {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    const bodies: Promise<Buffer>[] = [];
    // one that is still under way when the page is closed has no body
    page.on('response', (response) => {
      // what the page has made itself is not loaded
      if (!response.url().startsWith('blob:')) bodies.push(response.body().catch(() => Buffer.alloc(0)));
    });
    await page.goto(`${site.url}live/`);
    await page.click('#start:enabled');
    await plays(page);
    const loaded = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(loaded).toBeGreaterThan(200_000);
    expect(loaded).toBeLessThan(LIMIT);
    await context.close();

    // what is kept for later counts as well
    const script = readFileSync(path.join(site.folder, 'sw.js'), 'utf8');
    const core: string[] = JSON.parse(script.match(/^const CORE = (.*);$/m)?.[1] ?? '[]');
    const sizes = core.map((address) => {
      const file = path.join(site.folder, address.replace(/(^|\/)(\.\/)?$/, '$1index.html'));
      return gzipSync(readFileSync(file)).length;
    });
    expect(core.length).toBeGreaterThan(20);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LIMIT);
  });

  it('has every file, picture and heading that a link leads to', () => {
    const files = new Set(list(site.folder));
    const pages = [...files].filter((file) => file.endsWith('.html') && !file.startsWith('docs/reference/'));
    expect(pages).toContain('docs/research/pitch/index.html');
    expect(pages).toContain('credits/index.html');
    for (const page of pages) {
      const html = readFileSync(path.join(site.folder, page), 'utf8');
      for (const [, link] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^(https?|data):/.test(link)) continue;
        const [to, heading] = new URL(link, `http://site/${page}`).href
          .slice('http://site/'.length)
          .split('#');
        const file = decodeURIComponent(to.replace(/\?.*/, '').replace(/(^|\/)$/, '$1index.html'));
        expect(files.has(file), `${page} links to ${link}`).toBe(true);
        if (heading) {
          const target = readFileSync(path.join(site.folder, file), 'utf8');
          expect(target.includes(`id="${decodeURIComponent(heading)}"`), `${page} links to ${link}`).toBe(
            true,
          );
        }
      }
    }
  });

  it('has an API reference of every entry', () => {
    const api = (file: string) => readFileSync(path.join(site.folder, 'docs/reference', file), 'utf8');
    expect(api('index.html')).toMatch(/ddsp-worklet\/train\/browser/);
    const pages = list(path.join(site.folder, 'docs/reference')).filter((file) =>
      /\bDDSPNode\.html$/.test(file),
    );
    expect(pages.map(api).join()).toMatch(/Changes the instrument while it sounds/);
    expect(list(path.join(site.folder, 'docs/reference/functions')).join()).toMatch(/renderOffline/);
  });

  it('names what social sites and installers need', async () => {
    const folder = path.join(site.folder, 'whole');
    await buildSite(folder, { url: 'https://example.org/here/', reference: false });
    for (const file of ['index.html', 'live/index.html', 'keys/index.html', 'train/index.html']) {
      const html = readFileSync(path.join(folder, file), 'utf8');
      expect(html).toMatch(/<meta property="og:title" content=".+">/);
      expect(html).toMatch(/<meta property="og:description" content=".+">/);
      expect(html).toContain(
        '<meta property="og:image" content="https://example.org/here/shared/preview.png">',
      );
    }
    const { icons, start_url } = JSON.parse(readFileSync(path.join(folder, 'manifest.webmanifest'), 'utf8'));
    expect(start_url).toBe('./live/');
    for (const { src } of icons) expect(statSync(path.join(folder, src)).size).toBeGreaterThan(100);
  });

  it('runs under the policy that docs/hosting.md gives', async () => {
    const text = readFileSync('docs/hosting.md', 'utf8');
    const policy = text.match(/content-security-policy: ([\s\S]*?)\npermissions-policy: (.*)/);
    const headers = {
      'content-security-policy': policy?.[1].replaceAll(/\s+/g, ' ') ?? '',
      'permissions-policy': policy?.[2] ?? '',
    };
    const strict = await serveSite({ headers });
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Permissions/i.test(message.text())) refused.push(message.text());
    });
    await page.goto(`${strict.url}live/`);
    await page.setInputFiles('#file', 'examples/live/phrase.wav');
    await page.waitForSelector('#render:enabled');
    await page.click('#start');
    await plays(page);
    await page.click('#render');
    await page.waitForSelector('#takes audio');
    await page.goto(`${strict.url}train/`);
    await page.setInputFiles('#files', recording);
    await page.waitForSelector('#training-bar:visible');
    expect(refused).toEqual([]);
    await page.close();
    await strict.close();
  });
});
