/**
 * Gives the relative imports of the emitted declarations their file extension: with `moduleResolution`
 * `node16` and `nodenext` an import without one resolves to nothing, and the types become `any`.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const folder = 'dist/types';
const entries = await readdir(folder, { recursive: true });

for (const entry of entries.filter((name) => name.endsWith('.d.ts'))) {
  const file = path.join(folder, entry);
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace(/(\bfrom |\bimport\()(['"])(\.{1,2}(?:\/[^'"]*)?)\2/g, (_all, before, quote, to) => {
      const target = path.resolve(path.dirname(file), to);
      if (to.endsWith('.js')) return `${before}${quote}${to}${quote}`;
      if (existsSync(`${target}.d.ts`)) return `${before}${quote}${to}.js${quote}`;
      if (existsSync(path.join(target, 'index.d.ts'))) return `${before}${quote}${to}/index.js${quote}`;
      throw new Error(`${file}: ${to} leads nowhere`);
    }),
  );
}
