/**
 * Which licences the project takes.
 *
 *   node .ci/licences.mjs    fails when an installed package, or one for development, has another one
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Code under these may be part of a bundle; the bundles' notices name them all. */
export const IN_BUNDLES = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0'];
/** Of packages that are only installed beside the project's own code, or for development. */
const INSTALLED = [...IN_BUNDLES, 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-3.0', 'Python-2.0', 'Unlicense'];
/**
 * The LGPL allows a package that users can replace: the decoders are installed on their own, in no bundle. mpg123
 * itself (LGPL-2.1) is inside mpg123-decoder.
 */
const EXCEPTIONS = new Map([['codec-parser', 'LGPL-3.0-or-later']]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'));
  const refused = Object.entries(packages).flatMap(([place, { license = 'none', link, resolved }]) => {
    const name = place.split('node_modules/').at(-1);
    const isOwn = !place.includes('node_modules/') || link || !resolved;
    return isOwn || isTaken(license) || EXCEPTIONS.get(name) === license ? [] : [`${name}: ${license}`];
  });
  if (refused.length > 0) {
    console.error(`These licences are not on the list of .ci/licences.mjs:\n  ${refused.join('\n  ')}`);
    process.exitCode = 1;
  }
}

/** @param expression in SPDX's form; brackets are not nested here */
function isTaken(expression) {
  const parts = expression.replace(/[()]/g, '');
  if (/ AND /.test(parts)) return parts.split(' AND ').every(isTaken);
  return parts.split(' OR ').some((licence) => INSTALLED.includes(licence));
}
