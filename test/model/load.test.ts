import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_LIMIT } from '../../src/model/format';
import { fetchModelFile } from '../../src/model/load';
import { parseModel } from '../../src/model/read';
import { serialiseModel } from '../../src/model/write';
import { exampleModel, expected } from './example';

const model = exampleModel();
const file = serialiseModel(model, expected, { float16: false });

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case '/model':
        response.end(file);
        break;
      case '/page':
        response.setHeader('content-type', 'text/html; charset=utf-8').end('<!DOCTYPE html>');
        break;
      case '/short':
        response
          .setHeader('content-length', file.length)
          .write(file.subarray(0, 100), () => response.destroy());
        break;
      case '/huge':
        response.setHeader('content-length', FILE_LIMIT + 1).flushHeaders();
        break;
      case '/slow':
        break;
      default:
        response.statusCode = 404;
        response.end('no');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('loading a model', () => {
  it('takes a URL, a response, a blob or bytes', async () => {
    const sources = [
      `${origin}/model`,
      new URL('/model', origin),
      await fetch(`${origin}/model`),
      new Blob([file]),
      file,
      file.buffer,
    ];
    for (const source of sources) expect(parseModel(await fetchModelFile(source), expected)).toEqual(model);
  });

  it('says what went wrong on the way', async () => {
    const cases: [path: string, code: string, words: RegExp][] = [
      ['/none', 'download', /none: the server answered 404/],
      ['/page', 'download', /page: the server sent a web page/],
      ['/short', 'download', /short: the download broke off/],
      ['/huge', 'too-large', /huge: 268435457 bytes/],
    ];
    for (const [path, code, message] of cases) {
      await expect(fetchModelFile(origin + path)).rejects.toMatchObject({
        name: 'ModelError',
        code,
        message: expect.stringMatching(message),
      });
    }
    await expect(fetchModelFile('http://127.0.0.1:1/model')).rejects.toMatchObject({ code: 'download' });
    const html = await fetchModelFile(new Blob(['<html>']));
    expect(() => parseModel(html, expected)).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it('rejects with the reason of an abort', async () => {
    const abort = new AbortController();
    const reason = new Error('changed my mind');
    server.once('request', () => abort.abort(reason));
    await expect(fetchModelFile(`${origin}/slow`, { signal: abort.signal })).rejects.toBe(reason);
  });
});
