/** Collects the licences of what goes into bundles, and writes them beside these. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import license from 'rollup-plugin-license';
import { IN_BUNDLES } from './licences.mjs';

const FILE = 'dist/THIRD-PARTY-NOTICES';
/** By name: the package, and the bundles that contain it. */
const found = new Map();

/**
 * A plugin for each bundle.
 * @param files the published files that the bundle is, or goes into
 */
export function notices(...files) {
  return license({
    thirdParty: {
      allow: { test: `(${IN_BUNDLES.join(' OR ')})`, failOnUnlicensed: true, failOnViolation: true },
      output: (packages) => add(packages, files),
    },
  });
}

/** The kernels' binaries contain parts of AssemblyScript's standard library. */
export async function addKernels(...files) {
  const about = JSON.parse(await readFile('node_modules/assemblyscript/package.json', 'utf8'));
  const licenseText = await readFile('node_modules/assemblyscript/LICENSE', 'utf8');
  await add([{ ...about, repository: about.repository.url, licenseText }], files);
}

async function add(packages, files) {
  for (const each of packages) {
    const entry = found.get(each.name) ?? { ...each, files: new Set() };
    for (const file of files) entry.files.add(file);
    found.set(each.name, entry);
  }
  const sorted = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  await mkdir('dist', { recursive: true });
  await writeFile(FILE, `${HEAD}\n${sorted.map(describe).join(`\n${'-'.repeat(78)}\n\n`)}`);
}

const HEAD = `The files of this folder contain parts of the packages below, under their own licences. The source of packages
under the MPL-2.0 is unchanged; it is where "source" says.
`;

function describe({
  name,
  version,
  license: licence,
  repository,
  homepage,
  author,
  licenseText,
  noticeText,
  files,
}) {
  const source = typeof repository === 'string' ? repository : (repository?.url ?? homepage);
  const lines = [
    `${name} ${version}`,
    `licence: ${licence}`,
    ...(author ? [`author: ${typeof author === 'string' ? author : (author.text?.() ?? author.name)}`] : []),
    `source: ${source}`,
    `in: ${[...files].sort().join(', ')}`,
    '',
    (licenseText ?? STANDARD[licence])?.trim() ?? '',
    ...(noticeText ? ['', noticeText.trim()] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** For packages that name their licence and bring no text. */
const STANDARD = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
};
