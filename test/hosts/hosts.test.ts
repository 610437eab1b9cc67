/**
 * The packed package in the hands of bundlers, frameworks and strict pages: each project is built as its tool's users
 * build it, and heard in Chromium. docs/deployment.md shows the files of these projects.
 */

import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDecoder, withNetwork } from '../../src/model/export/onnx/decoder';
import { readModel, writeModel } from '../../src/model/file';
import { launch, level, pitchOf, serveFrom, type TestServer } from '../browser/support';
import { PACKAGE, project, tool } from './workspace';

const RATE = 48_000;
const CDN = 'https://cdn.jsdelivr.net/npm/ddsp-worklet@';
/** a page that has the package's files on its own server */
const PAGE = ['shared', 'copied-model', 'import-map'];
const SHOWN = [
  'vite/violin.js',
  'webpack/violin.js',
  'parcel/violin.js',
  'parcel-network/package.json',
  'esbuild/violin.js',
  'esbuild/build.js',
  'copied-model/violin.js',
  'rollup/rollup.config.js',
  'react/use-ddsp-node.js',
  'import-map/index.html',
  'cdn/violin.js',
  'csp-blob/headers.txt',
  'csp-worklet-url/headers.txt',
  'csp-worklet-url/violin.js',
  'trusted-types/headers.txt',
  'isolated/headers.txt',
  'offline/service-worker.js',
];
const FIXTURES = path.join(import.meta.dirname, 'fixtures');

/** name, folder of its fixture, script of node_modules with arguments */
const BUNDLERS = [
  ['Parcel', 'parcel', 'parcel/lib/bin.js build index.html --no-cache'],
  ['webpack', 'webpack', 'webpack-cli/bin/cli.js --mode production --entry ./main.js'],
  ['Vite', 'vite', 'vite/bin/vite.js build'],
  ['Rollup', 'rollup', 'rollup/dist/bin/rollup -c'],
  ['esbuild', 'esbuild', '../esbuild/build.js'],
] as const;
const RUNTIME = path.join(import.meta.dirname, '../../node_modules/onnxruntime-web/dist');

let browser: Browser;
/** what a page without a bundler hears */
let expected: number[][];

beforeAll(async () => {
  browser = await launch();
  expected = await heard(project('import-map', PAGE));
});
afterAll(() => browser?.close());

it('a page with an import map plays what is played into it, and follows automation', () => {
  expectPitches(expected, 330, 660);
});

describe.concurrent('built by', () => {
  it('Next, with the app router: imported on the server and in a client component', async () => {
    const folder = project('next', ['shared', 'react', 'next']);
    await tool(folder, 'next/dist/bin/next', 'build');
    expect(readFileSync(path.join(folder, 'out/index.html'), 'utf8')).toContain('pitchShift');
    expect(await heard(folder, 'out')).toEqual(expected);
  });

  it.each(BUNDLERS)('%s', async (_, name, command) => {
    const folder = project(name, ['shared', 'copied-model', name]);
    await build(folder, command);
    expect(await heard(folder, 'dist')).toEqual(expected);
  });

  it('Vite, with React in StrictMode, which mounts every component twice', async () => {
    const folder = project('react', ['shared', 'react']);
    await tool(folder, 'vite/bin/vite.js', 'build', '--mode', 'development');
    expect(await heard(folder, 'dist')).toEqual(expected);
  });
});

describe.concurrent('a decoder in an ONNX file, built by', () => {
  // those that rewrite the import of an address, which is how onnxruntime-web is loaded
  it.each(BUNDLERS.slice(0, 3))('%s', async (_, name, command) => {
    // the root of a project of Parcel is where its lock file is
    const more = name === 'parcel' ? ['parcel-network'] : [];
    const folder = project(`network-${name}`, ['shared', name, 'network', ...more]);
    const violin = readModel(readFileSync(path.join(PACKAGE, 'models/violin.safetensors')));
    const output = path.join(folder, 'dist');
    await build(folder, command);
    writeFileSync(path.join(output, 'own.safetensors'), writeModel(withNetwork(violin, 'own.onnx')));
    writeFileSync(path.join(output, 'own.onnx'), exportDecoder(violin));
    cpSync(RUNTIME, path.join(output, 'runtime'), {
      recursive: true,
      filter: (file) => !/\.map$/.test(file),
    });
    expectPitches(await heard(folder, 'dist'), 330);
  });
});

describe.concurrent('a page', () => {
  it.each([
    ['that loads package and model from a CDN', ['shared', 'cdn']],
    ['with a Content-Security-Policy that allows blob:', ['shared', 'unbundled', 'csp-blob']],
    ['with a Content-Security-Policy that does not, and workletUrl', ['shared', 'csp-worklet-url']],
    ['with Trusted Types', ['shared', 'unbundled', 'trusted-types']],
    ['with COOP and COEP', [...PAGE, 'isolated']],
  ])('%s', async (_, parts) => {
    expect(await heard(project(parts.at(-1)!, parts))).toEqual(expected);
  });

  it('with a service worker, when its server is gone', async () => {
    const server = await serveProject(project('offline', ['shared', 'unbundled', 'offline']));
    await withPage(async (page) => {
      await page.goto(server.origin);
      await page.evaluate('navigator.serviceWorker.ready.then(() => {})');
      await server.close();
      await page.reload();
      expect(await page.evaluate('hear()')).toEqual(expected);
    });
  });
});

it('documentation shows the code that was built', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/deployment.md'), 'utf8');
  const isShown = (file: string) => text.includes(readFileSync(path.join(FIXTURES, file), 'utf8').trim());
  expect(SHOWN.filter((file) => !isShown(file))).toEqual([]);
});

function build(folder: string, command: string): Promise<string> {
  const [script, ...args] = command.split(' ');
  return tool(folder, script, ...args);
}

/** Two stretches of what the page of a project plays. @throws (rejects) with what the page's console said */
async function heard(folder: string, output = ''): Promise<number[][]> {
  const server = await serveProject(folder, output);
  try {
    return await withPage(async (page) => {
      await page.goto(server.origin);
      await page.waitForFunction('globalThis.hear');
      return await page.evaluate<number[][]>('hear()');
    });
  } finally {
    await server.close();
  }
}

async function withPage<Result>(use: (page: Page) => Promise<Result>): Promise<Result> {
  const page = await browser.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  // the package as a CDN has it
  await page.route(`${CDN}**`, (route) => {
    const file = route
      .request()
      .url()
      .slice(CDN.length)
      .replace(/^[^/]*/, PACKAGE);
    return route.fulfill({ path: file, headers: { 'access-control-allow-origin': '*' } });
  });
  try {
    return await use(page);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe page's console:\n${said.join('\n')}`);
  } finally {
    await page.close();
  }
}

/** What a project's server has: its output, and what its author has copied there from the package. */
function serveProject(folder: string, output = ''): Promise<TestServer> {
  const find = (pathname: string) => {
    const name = pathname === '/' ? '/index.html' : pathname;
    const places = [path.join(folder, output, name)];
    // projects whose bundler makes scripts only
    if (name === '/index.html') places.push(path.join(folder, name));
    if (name.startsWith('/models/')) places.push(path.join(PACKAGE, name));
    if (name.startsWith('/ddsp-worklet/'))
      places.push(path.join(PACKAGE, name.slice('/ddsp-worklet'.length)));
    if (name === '/ddsp-worklet.js') places.push(path.join(PACKAGE, 'dist/worklet.js'));
    const file = places.find((place) => existsSync(place) && statSync(place).isFile());
    return file ? readFileSync(file) : null;
  };
  return serveFrom(find, headersOf(folder));
}

function headersOf(folder: string): Record<string, string> {
  const file = path.join(folder, 'headers.txt');
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/)));
}

function expectPitches(stretches: readonly number[][], ...hertz: readonly number[]): void {
  for (const [i, samples] of stretches.entries()) {
    expect(level(samples)).toBeGreaterThan(0.01);
    expect(Math.abs(pitchOf(samples, RATE) / hertz[i] - 1)).toBeLessThan(0.01);
  }
}
