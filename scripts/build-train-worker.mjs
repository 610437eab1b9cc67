/**
 * Bundles the training worker into build/train-worker.ts, a module whose default export is its source.
 *
 * The pool starts workers from that string, so no bundler has to find a second file and the tests run
 * the same worker as the package.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const { outputFiles } = await build({
  entryPoints: [path.join(root, 'src/train/worker.ts')],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'inline',
});
await mkdir(path.join(root, 'build'), { recursive: true });
await writeFile(
  path.join(root, 'build/train-worker.ts'),
  `export default ${JSON.stringify(outputFiles[0].text)};\n`,
);
