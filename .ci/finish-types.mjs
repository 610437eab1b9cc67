/**
 * Finishes the emitted declarations, so that they need nothing but themselves:
 *
 *   - Relative imports get their file extension. With `moduleResolution` `node16` and `nodenext` an import
 *     without one resolves to nothing, and the types become `any`.
 *   - Types of packages that are part of the bundles, and so are not installed, are copied beside them.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const folder = 'dist/types';
const vendor = path.join(folder, 'vendor');
const { dependencies = {}, peerDependencies = {} } = JSON.parse(await readFile('package.json', 'utf8'));
const installed = Object.keys({ ...dependencies, ...peerDependencies });
/** The copies of packages' declarations, by package. */
const copies = new Map();

const IMPORT = /(\bfrom |\bimport\()(['"])([^'"]+)\2/g;

for (const entry of await readdir(folder, { recursive: true })) {
  if (entry.endsWith('.d.ts')) await finish(path.join(folder, entry));
}

async function finish(file) {
  const text = await readFile(file, 'utf8');
  const foreign = [...text.matchAll(IMPORT)].map(([, , , name]) => name).filter(isCopied);
  for (const name of foreign) if (!copies.has(name)) await copy(name);
  await writeFile(
    file,
    text.replace(IMPORT, (_all, before, quote, to) => `${before}${quote}${resolved(file, to)}${quote}`),
  );
}

function isCopied(name) {
  return (
    /^[@a-z]/.test(name) &&
    !name.startsWith('node:') &&
    !installed.some((id) => `${name}/`.startsWith(`${id}/`))
  );
}

function resolved(file, to) {
  if (copies.has(to)) {
    const found = path.relative(path.dirname(file), copies.get(to)).replaceAll(path.sep, '/');
    return found.startsWith('.') ? found : `./${found}`;
  }
  if (!to.startsWith('.') || to.endsWith('.js')) return to;
  const target = path.resolve(path.dirname(file), to);
  if (existsSync(`${target}.d.ts`)) return `${to}.js`;
  if (existsSync(path.join(target, 'index.d.ts'))) return `${to}/index.js`;
  throw new Error(`${file}: ${to} leads nowhere`);
}

/** With the files that it refers to, which lie beside it. */
async function copy(name) {
  const about = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8'));
  const types = path.join('node_modules', name, about.exports?.['.']?.import?.types ?? about.types);
  const home = path.join(vendor, name);
  await mkdir(home, { recursive: true });
  const copied = new Set();
  const take = async (from, to) => {
    if (copied.has(to)) return;
    copied.add(to);
    const text = await readFile(from, 'utf8');
    await writeFile(to, text);
    for (const [, , , next] of text.matchAll(IMPORT)) {
      if (!next.startsWith('./')) continue;
      await take(path.resolve(path.dirname(from), `${next}.d.ts`), path.join(home, `${next}.d.ts`));
    }
  };
  await take(types, path.join(home, 'index.d.ts'));
  copies.set(name, path.join(home, 'index.js'));
  for (const file of copied) await finish(file);
}
