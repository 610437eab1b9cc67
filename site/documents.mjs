/** The project's Markdown as pages of the site: README and docs under docs/, credits under credits/. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Marked } from 'marked';

const ROOT = path.resolve(import.meta.dirname, '..');

/** By address: title in the list, and the files that the page is made of. */
const DOCUMENTS = new Map([
  ['docs/', { title: 'Overview', sources: ['README.md'] }],
  ...[...files('docs'), ...files('docs/research')].map((source) => [
    `${source.replace(/\.md$/, '')}/`,
    { title: '', sources: [source] },
  ]),
  ['docs/contributing/', { title: 'Contributing', sources: ['CONTRIBUTING.md'] }],
  ['docs/changelog/', { title: 'Changes', sources: ['CHANGELOG.md'] }],
  ['credits/', { title: 'Credits', sources: ['examples/CREDITS.md', ...files('models')] }],
]);

/** Where a Markdown file is shown. */
const ADDRESSES = new Map(
  [...DOCUMENTS].flatMap(([address, { sources }]) => sources.map((source) => [source, address])),
);

/** The addresses of all pages made here. */
export const addresses = [...DOCUMENTS.keys()];

/** @param {string} address within the site @returns {Promise<string | null>} HTML; null: no such page */
export async function renderPage(address) {
  const found = DOCUMENTS.get(address);
  if (!found) return null;
  const root = '../'.repeat(address.split('/').length - 1);
  const texts = await Promise.all(found.sources.map((source) => render(source, root)));
  return pageOf({ address, root, title: await titleOf(address), content: texts.join('\n') });
}

/** @param {string} source @param {string} root */
async function render(source, root) {
  const text = await readFile(path.join(ROOT, source), 'utf8');
  const marked = new Marked({ gfm: true });
  const ids = new Map();
  let tables = 0;
  marked.use({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        return `<h${depth} id="${unique(slug(html), ids)}">${html}</h${depth}>\n`;
      },
      // wide ones scroll by themselves, by keyboard too
      table(token) {
        const html = Object.getPrototypeOf(this).table.call(this, token);
        const name = `${path.basename(source, '.md')}, table ${++tables}`;
        // a corner is no heading
        const body = html.replaceAll(/<th[^>]*><\/th>/g, '<td></td>');
        return `<div class="wide" role="region" aria-label="${name}" tabindex="0">${body}</div>\n`;
      },
      code({ text: code }) {
        return `<pre tabindex="0"><code>${escaped(code)}</code></pre>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const to = target(href, source, root);
        return to === null ? html : `<a href="${escaped(to)}">${html}</a>`;
      },
      image({ href, text: alt }) {
        return `<img src="${escaped(target(href, source, root) ?? href)}" alt="${escaped(alt)}">`;
      },
    },
  });
  return marked.parse(text);
}

/**
 * Where a link of a Markdown file leads on the site; null: to what only the repository has.
 * @param {string} href @param {string} source @param {string} root
 */
function target(href, source, root) {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const [file, hash] = href.split('#');
  const within = path.posix.normalize(path.posix.join(path.posix.dirname(source), file));
  const address = ADDRESSES.get(within) ?? (within === 'docs' || within === 'models' ? `${within}/` : null);
  if (address && DOCUMENTS.has(address)) return root + address + (hash ? `#${hash}` : '');
  if (within === 'models') return `${root}credits/`;
  return /\.(svg|png)$/.test(within) ? root + within.replace(/^examples\//, '') : null;
}

/** @param {string} address */
async function titleOf(address) {
  const { title, sources } = DOCUMENTS.get(address);
  if (title) return title;
  const text = await readFile(path.join(ROOT, sources[0]), 'utf8');
  return text.match(/^# (.+)$/m)?.[1] ?? path.basename(sources[0], '.md');
}

/** @param {{ address: string, root: string, title: string, content: string }} page */
async function pageOf({ address, root, title, content }) {
  const links = await Promise.all(
    addresses
      .filter((other) => other.startsWith('docs/'))
      .map(async (other) => {
        const current = other === address ? ' aria-current="page"' : '';
        return `<li><a href="${root}${other}"${current}>${escaped(await titleOf(other))}</a></li>`;
      }),
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="dark light">
    <title>${escaped(title)} · ddsp-worklet</title>
    <link rel="icon" href="${root}shared/icon.svg">
    <link rel="manifest" href="${root}manifest.webmanifest">
    <link rel="stylesheet" href="${root}shared/style.css">
    <link rel="stylesheet" href="${root}shared/document.css">
  </head>
  <body>
    <header class="top">
      <nav class="brand" aria-label="Pages">
        <a href="${root || './'}"><img src="${root}shared/icon.svg" alt="Start page" width="26" height="26"></a>
        <a href="${root}live/">Play</a> <a href="${root}keys/">Keys</a> <a href="${root}train/">Train</a> <a href="${root}docs/">Docs</a>
      </nav>
    </header>
    <div class="document">
      <nav aria-label="Documentation"><ul>
        ${links.join('\n        ')}
        <li><a href="${root}docs/reference/">All declarations</a></li>
        <li><a href="${root}credits/"${address === 'credits/' ? ' aria-current="page"' : ''}>Credits</a></li>
      </ul></nav>
      <main>
${content}
      </main>
    </div>
  </body>
</html>
`;
}

/** @param {string} folder */
function files(folder) {
  return readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** As GitHub makes anchors of headings. @param {string} html */
function slug(html) {
  return html
    .replace(/<[^>]*>|&\w+;/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** @param {string} id @param {Map<string, number>} taken */
function unique(id, taken) {
  const before = taken.get(id) ?? 0;
  taken.set(id, before + 1);
  return before === 0 ? id : `${id}-${before}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
