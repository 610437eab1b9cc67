/** What a page loads, gzipped, to read one file: the built entry, and what it loads on the way. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreignFile } from '../../support/foreign';

/** bytes */
const MOST = 15_000;

const entry = pathToFileURL(path.resolve('dist/import/index.js')).href;

/** Names every module that is loaded. */
const hooks = `export async function load(url, context, next) {
  process._rawDebug(url);
  return next(url, context);
}`;
const script = `
import { register } from 'node:module';
import { readFileSync } from 'node:fs';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
const { importModel } = await import(${JSON.stringify(entry)});
const { about } = await importModel(readFileSync(0));
console.log(about.description);`;

describe('one import loads at most 15 kB', () => {
  it.each([
    ['realtime-ddsp/pl266-hpnir-h32.ckpt', /checkpoint of realtimeDDSP/],
    ['realtime-ddsp/pl164-hpnir-h32-legacy.ckpt', /checkpoint of realtimeDDSP/],
    ['realtime-ddsp/export-hpnir-h32.nm.gz', /Neutone model/],
    ['ddsp-pytorch/h24-16k.state.pth', /state dict of ddsp_pytorch/],
    ['ddsp-pytorch/h24-16k.torchscript', /export of ddsp_pytorch/],
  ])('%s', (name, source) => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      input: foreignFile(name),
      encoding: 'utf8',
    });
    expect(stdout).toMatch(source);
    const loaded = stderr.split('\n').filter((line) => line.startsWith('file:') && line.endsWith('.js'));
    expect(loaded).toContain(entry);
    expect(loaded.length).toBeGreaterThan(2);
    const sizes = loaded.map((url) => gzipSync(readFileSync(fileURLToPath(url)), { level: 9 }).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST);
  });
});
