/** One browser a test file, a tiny server for dist/ and test pages, and what tests measure with. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestBrowser, TestPage } from './drivers/page';
import { ensureChromium } from './find-chromium.mjs';

const ROOT = path.join(import.meta.dirname, '../..');

/** A host that leads to the test server but is no secure context, as localhost is. */
export const INSECURE_HOST = 'insecure.test';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
  '--autoplay-policy=no-user-gesture-required',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

/** @param microphone a WAV file that every microphone of this browser plays, over and over */
export function launch(microphone?: string): Promise<Browser> {
  const fake = microphone
    ? [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${microphone}`,
      ]
    : [];
  return chromium.launch({ executablePath: ensureChromium(), args: [...FLAGS, ...fake] });
}

export interface TestServer {
  /** ends without a slash */
  readonly origin: string;
  close(): Promise<void>;
}

export type Files = Readonly<Record<string, Uint8Array | string>>;

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.opus': 'audio/ogg',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves /dist/ of the repository, an empty page under /, and `files`. The page /csp?POLICY comes with that
 * Content-Security-Policy.
 */
export function serve(files: Files = {}): Promise<TestServer> {
  if (!existsSync(path.join(ROOT, 'dist/index.js')))
    throw new Error('dist/ is missing: run `npm run build` first');
  return serveFrom((pathname) => find(pathname, files));
}

/** @param find what is at a path; null: nothing */
export async function serveFrom(
  find: (pathname: string) => Uint8Array | string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const body = find(decodeURIComponent(pathname));
    if (body === null) {
      response.writeHead(404).end('not found');
      return;
    }
    // as on a CDN
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'application/octet-stream');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (pathname === '/csp') {
      response.setHeader('content-security-policy', decodeURIComponent(search.slice(1)));
    }
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://localhost:${port}`, close: () => stop(server) };
}

function find(pathname: string, files: Files): Uint8Array | string | null {
  if (files[pathname] !== undefined) return files[pathname];
  if (pathname === '/' || pathname === '/csp') return '<!doctype html><title>test</title>';
  const file = path.join(ROOT, pathname);
  return pathname.startsWith('/dist/') && !pathname.includes('..') && existsSync(file)
    ? readFileSync(file)
    : null;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** An empty page with the library as `ddsp` and `record` (recorder.ts) on its window. */
export async function openTestPage(browser: TestBrowser, url: string): Promise<TestPage> {
  const page = await browser.open(url);
  await page.evaluate(`(async () => {
    Object.assign(window, { ddsp: await import('/dist/index.js') }, await import('/recorder.js'));
  })()`);
  return page;
}

/** A new page at `url`; errors of its scripts end up in the test's output. */
export async function open(browser: Browser | BrowserContext, url: string): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url);
  return page;
}

/** A mono 16-bit WAV file of `samples` in a temporary folder. `remove` deletes both. */
export function temporaryWav(samples: Float32Array, sampleRate: number): { file: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ddsp-'));
  const file = path.join(folder, 'microphone.wav');
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((value, i) => {
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), 44 + i * 2);
  });
  writeFileSync(file, bytes);
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** A tone of `seconds` with six harmonics; whole periods, so that it loops without a click. */
export function tone(f0: number, seconds: number, sampleRate: number): Float32Array {
  const periods = Math.round(f0 * seconds);
  return Float32Array.from({ length: Math.round((periods / f0) * sampleRate) }, (_, i) => {
    let value = 0;
    for (let k = 1; k <= 6; k++) value += Math.sin((2 * Math.PI * k * f0 * i) / sampleRate) / k;
    return 0.25 * value;
  });
}

/** 32-bit floats in base64: between a page and its test arrays of numbers would be pages of JSON. */
export function encode(samples: Float32Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

export function decode(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Root mean square. */
export function level(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i] ** 2;
  return Math.sqrt(sum / (to - from));
}

/**
 * The pitch of a periodic signal, Hz: the first lag whose normalised autocorrelation comes within 5% of
 * the best one, refined by a parabola.
 */
export function pitchOf(samples: ArrayLike<number>, sampleRate: number): number {
  const length = Math.min(samples.length, 16384);
  const longest = Math.floor(sampleRate / 60);
  const shortest = Math.floor(sampleRate / 1000);
  const similarity = (lag: number): number => {
    let cross = 0;
    let energy = 1e-12;
    for (let i = 0; i < length - longest - 1; i++) {
      cross += samples[i] * samples[i + lag];
      energy += samples[i] ** 2 + samples[i + lag] ** 2;
    }
    return (2 * cross) / energy;
  };
  const curve = Float64Array.from({ length: longest + 1 }, (_, lag) =>
    lag < shortest - 1 ? -1 : similarity(lag),
  );
  const best = Math.max(...curve.subarray(shortest));
  for (let lag = shortest; lag < longest; lag++) {
    if (curve[lag] < best * 0.95 || curve[lag] < curve[lag - 1] || curve[lag] < curve[lag + 1]) continue;
    const [a, b, c] = [curve[lag - 1], curve[lag], curve[lag + 1]];
    return sampleRate / (lag + (a - c) / (2 * (a - 2 * b + c)));
  }
  return 0;
}
