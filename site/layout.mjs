/**
 * Where a page's files are, by their address within the site. One list serves them from the repository
 * (examples/serve.mjs, tests) and copies them into one folder (site/build.mjs).
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Address, and the file or folder behind it. The first that fits counts. */
export const MOUNTS = [
  ['lib/train/', 'dist/train/'],
  ['lib/import/', 'dist/import/'],
  ['lib/wam/', 'dist/wam/'],
  ['lib/index.js', 'dist/index.js'],
  ['lib/play/', 'dist/play/'],
  ['models/', 'models/'],
  ['vendor/idb.js', 'node_modules/idb/build/index.js'],
  ['vendor/webmidi.js', 'node_modules/webmidi/dist/esm/webmidi.esm.min.js'],
  ['vendor/wam-sdk.js', 'node_modules/@webaudiomodules/sdk/dist/index.js'],
  ['vendor/uplot.js', 'node_modules/uplot/dist/uPlot.esm.js'],
  ['vendor/uplot.css', 'node_modules/uplot/dist/uPlot.min.css'],
  ['docs/', 'docs/'],
  ['', 'examples/'],
];

/** In the mounted folders, but not of the site. */
export const LEFT_OUT =
  /\.(mjs|md|ts|wav)$|tsconfig\.json$|^examples\/configs(\/|$)|^dist\/train\/worker\.js$/;

/**
 * @param {string} address within the site, without a slash at its start; a folder means its index.html
 * @returns {string | null} the path of the file in the repository
 */
export function locate(address) {
  const mount = MOUNTS.find(([from]) =>
    from.endsWith('/') || from === '' ? address.startsWith(from) : address === from,
  );
  if (!mount || address.split('/').includes('..')) return null;
  const relative = mount[1] + address.slice(mount[0].length);
  const file = path.join(ROOT, /(^|\/)$/.test(address) ? `${relative}index.html` : relative);
  if (LEFT_OUT.test(relative) || !existsSync(file) || statSync(file).isDirectory()) return null;
  return file;
}
