/**
 * The parts of docs/ that are made from the source: `npm run docs` writes them, and a test fails when one is stale.
 * A part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explainKeys } from '../src/train/config/explain';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Markdown by the name of the part, for each file. */
const PARTS: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/configuration.md': Object.fromEntries(
    ['data', 'model', 'synth', 'loss', 'optimizer', 'trainer'].map((section) => [
      `keys of ${section}`,
      () => keyTable(section),
    ]),
  ),
};

function keyTable(section: string): string {
  const rows = explainKeys()
    .filter(({ key }) => key.startsWith(`${section}.`))
    .map(({ key, unit, expected, standard, help }) => [`\`${key}\``, unit, expected, standard, help]);
  return markdownTable(['key', 'unit', 'value', 'default', 'meaning'], rows);
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Files whose text has parts, with their text as it should be. */
export function documentation(): { readonly file: string; readonly text: string; readonly fresh: string }[] {
  return Object.entries(PARTS).map(([file, parts]) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    const fresh = Object.entries(parts).reduce((before, [name, make]) => {
      const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
      const from = before.indexOf(begin);
      const to = before.indexOf(end);
      if (from < 0 || to < from) throw new Error(`${file} has no part "${name}": write ${begin} and ${end}`);
      return `${before.slice(0, from + begin.length)}\n\n${make()}\n\n${before.slice(to)}`;
    }, text);
    return { file, text, fresh };
  });
}

if (process.argv[1] === import.meta.filename) {
  for (const { file, text, fresh } of documentation()) {
    if (fresh === text) continue;
    writeFileSync(path.join(ROOT, file), fresh);
    console.log(`${file} written`);
  }
}
