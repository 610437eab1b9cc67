/** Answers requests for the site's files straight from the repository. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { renderPage } from './documents.mjs';
import { locate } from './layout.mjs';

/** Also what a host must send: a module or a worklet of another type is refused. */
export const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.mp3': 'audio/mpeg',
  '.opus': 'audio/ogg',
  '.webmanifest': 'application/manifest+json',
};

/**
 * @param {string} address within the site, without a slash at its start
 * @param {import('node:http').ServerResponse} response
 */
export async function answer(address, response) {
  const file = locate(address);
  const page = file ? null : await renderPage(address);
  if (!file && page === null) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
    return;
  }
  const extension = file ? path.extname(file) : '.html';
  response.writeHead(200, {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'cache-control': 'no-store',
  });
  if (file) createReadStream(file).pipe(response);
  else response.end(page);
}
