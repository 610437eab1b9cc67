/**
 * Builds the site into one folder that any web server can serve, under any path: the pages, the library and
 * the models they load, the documentation, the API reference, and a service worker that keeps it offline.
 *
 *   node site/build.mjs [folder]    default: build/site
 *
 * SITE_URL, where the site will be (`https://example.org/instruments/`), makes the addresses of preview images
 * absolute: most social sites want that.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { addresses, renderPage } from './documents.mjs';
import { LEFT_OUT, MOUNTS } from './layout.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What a first visit loads and keeps: start page and play page with one instrument. */
const CORE =
  /^(index\.html|start\.\w+|manifest\.\w+|lib\/index\.js|vendor\/idb\.js|models\/violin.*|shared\/.*|live\/.*)$/;
/** Preview images and large icons are for others than the page. */
const NOT_CORE = /\.png$|document\.css$/;
/** What is kept besides when the training page is visited. */
const TRAINING = /^(train|lib\/train)\/|^vendor\/uplot/;

/**
 * @param {string} out the folder; emptied first
 * @param {{ url?: string, reference?: boolean }} [options] `reference`: whether the API reference is built, which takes longest
 */
export async function buildSite(out, { url = '', reference = true } = {}) {
  if (!existsSync(path.join(ROOT, 'dist/index.js')))
    throw new Error('dist/ is missing: run `npm run build` first');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const [address, file] of [...MOUNTS].reverse()) {
    await cp(path.join(ROOT, file), path.join(out, address), {
      recursive: true,
      filter: (source) => !LEFT_OUT.test(path.relative(ROOT, source).replaceAll(path.sep, '/')),
    });
  }
  for (const address of addresses) await write(out, `${address}index.html`, await renderPage(address));
  for (const file of list(out).filter((name) => name.endsWith('.html'))) {
    const page = await readFile(path.join(out, file), 'utf8');
    await write(out, file, finish(page, file, url));
  }
  await addWorker(out);
  if (reference) await (await import('./reference.mjs')).buildReference(path.join(out, 'docs/reference'));
}

/** A page as the site has it: it registers the service worker, and preview images have whole addresses. */
function finish(page, file, url) {
  const root = '../'.repeat(file.split('/').length - 1) || './';
  const script = `<script type="module" src="${root}offline.js"></script>\n  </head>`;
  return page
    .replace('</head>', script)
    .replace(/(<meta property="og:image" content=")(?:\.\.\/)*/, `$1${url || root}`);
}

async function addWorker(out) {
  const offline = path.join(ROOT, 'site/offline');
  await cp(path.join(offline, 'register.js'), path.join(out, 'offline.js'));
  const files = list(out).filter((file) => file !== 'sw.js');
  const version = createHash('sha256');
  for (const file of files) version.update(file).update(await readFile(path.join(out, file)));
  const pick = (wanted) =>
    files
      .filter((file) => wanted.test(file) && !NOT_CORE.test(file))
      .map((file) => file.replace(/(^|\/)index\.html$/, '$1') || './');
  const script = await readFile(path.join(offline, 'worker.js'), 'utf8');
  const values = {
    VERSION: version.digest('hex').slice(0, 12),
    CORE: [...pick(CORE), 'offline.js'],
    TRAINING: pick(TRAINING),
  };
  await write(
    out,
    'sw.js',
    script.replace(
      /^const (\w+) = .*; \/\/ filled in$/gm,
      (_, name) => `const ${name} = ${JSON.stringify(values[name])};`,
    ),
  );
}

/** All files below a folder, by their paths within it. @param {string} folder */
export function list(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll(path.sep, '/'))
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();
}

async function write(out, file, text) {
  await mkdir(path.dirname(path.join(out, file)), { recursive: true });
  await writeFile(path.join(out, file), text);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const out = path.resolve(process.argv[2] ?? path.join(ROOT, 'build/site'));
  await buildSite(out, { url: process.env.SITE_URL?.replace(/\/*$/, '/') });
  const bytes = list(out).reduce((sum, file) => sum + statSync(path.join(out, file)).size, 0);
  console.log(
    `${path.relative(process.cwd(), out)}: ${list(out).length} files, ${(bytes / 1e6).toFixed(1)} MB`,
  );
}
