/** What a page loads, gzipped: DDSPNode, what every other export and entry adds to it, and the plugin by itself. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipped, pageSize } from '../support/page-size';

const ROOT = path.join(import.meta.dirname, '../..');
const PLAYING = `import { DDSPNode } from 'ddsp-worklet'; globalThis.used = [DDSPNode];`;

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** @returns bytes by name; `DDSPNode` is the whole, the others are what is added */
export async function reportSizes(): Promise<Record<string, number>> {
  const { exports, peerDependencies = {} }: Manifest = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  );
  const peers = Object.keys(peerDependencies).map((name) => new RegExp(`^${name}(/|$)`));
  const playing = await pageSize(PLAYING, peers);
  console.log(`\nsize: a page with DDSPNode loads ${kilobytes(playing)} kB (gzip). Beside it`);
  const sizes: Record<string, number> = { DDSPNode: playing };
  const add = async (name: string, code: string) => {
    sizes[name] = (await pageSize(PLAYING + code, peers)) - playing;
    console.log(`  ${name} adds ${kilobytes(sizes[name])} kB`);
  };
  for (const name of await valuesOf('ddsp-worklet')) {
    if (name !== 'DDSPNode')
      await add(name, `import { ${name} } from 'ddsp-worklet'; globalThis.used.push(${name});`);
  }
  for (const entry of Object.keys(exports).filter((key) => isModule(exports[key]) && key !== '.')) {
    const name = `ddsp-worklet${entry.slice(1)}`;
    await add(name, `import * as entry from '${name}'; globalThis.used.push(entry);`);
  }
  sizes.wam = ['index.js', 'gui.js'].reduce(
    (sum, file) => sum + gzipped(readFileSync(path.join(ROOT, 'dist/wam', file))),
    0,
  );
  console.log(`The plugin, dist/wam, is ${kilobytes(sizes.wam)} kB without its models`);
  return sizes;
}

/** An entry without types is a script or a file, not a module to import. */
function isModule(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'types' in entry;
}

async function valuesOf(name: string): Promise<string[]> {
  return Object.keys(await import(name));
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
