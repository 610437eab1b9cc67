/** Downloads that do not end, in size or in time. */

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FILE_LIMIT } from '../../src/model/format';
import { fetchModelFile } from '../../src/model/load';

// the real limit takes long to reach
vi.mock(import('../../src/model/format'), async (original) => ({
  ...(await original()),
  FILE_LIMIT: 2 ** 20,
}));

let server: Server;
let origin: string;
/** bytes that the server has sent, by path */
const sent: Record<string, number> = {};

/** Writes the same bytes for ever, as fast as they are read. */
function pour(response: ServerResponse, path: string, bytes: Buffer): void {
  let room = true;
  while (room && !response.destroyed) {
    sent[path] = (sent[path] ?? 0) + bytes.length;
    room = response.write(bytes);
  }
  if (!response.destroyed) response.once('drain', () => pour(response, path, bytes));
}

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    if (url === '/bomb') response.setHeader('content-encoding', 'gzip');
    // gzip: one member after the other, each a thousandth of what it becomes
    pour(response, url, url === '/bomb' ? gzipSync(Buffer.alloc(2 ** 22)) : Buffer.alloc(2 ** 16));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('an endless download', () => {
  it.each(['/endless', '/bomb'])('stops at the limit: %s', async (path) => {
    for (const source of [origin + path, await fetch(origin + path)]) {
      await expect(fetchModelFile(source)).rejects.toMatchObject({
        name: 'ModelError',
        code: 'too-large',
        message: `model ${origin}${path}: more than ${FILE_LIMIT} bytes`,
      });
    }
    expect(sent[path]).toBeLessThan(64 * FILE_LIMIT);
  });
});

describe('a download that stands still', () => {
  const refusal = {
    name: 'ModelError',
    code: 'download',
    message: expect.stringMatching(/: nothing arrived for 30 seconds; check the connection/),
  };

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is given up without an answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let aborted = false;
    vi.stubGlobal('fetch', (_address: string, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => {});
    });
    const outcome = fetchModelFile('http://nowhere.example/model').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(aborted).toBe(true);
    expect(await outcome).toMatchObject(refusal);
  });

  it('is given up 30 seconds after the last byte', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let source: ReadableStreamDefaultController | undefined;
    const body = new ReadableStream({
      start(controller) {
        source = controller;
      },
    });
    let ended = false;
    const outcome = fetchModelFile(new Response(body)).catch((error: unknown) => {
      ended = true;
      return error;
    });
    for (let bytes = 0; bytes < 3; bytes++) {
      await vi.advanceTimersByTimeAsync(29_000);
      source?.enqueue(new Uint8Array(10));
    }
    await vi.advanceTimersByTimeAsync(29_000);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject(refusal);
  });
});
