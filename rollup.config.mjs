/**
 * Bundles, in this order, because each goes into the next:
 *
 *   worklet/processor.ts -> dist/worklet.js   one script without imports, for `addModule`;
 *                           build/worklet.ts  the same as a string
 *   src/index.ts         -> dist/index.js     playing: carries that string and the play kernels
 *   src/train/worker.ts  -> build/train-worker.ts  what a training worker runs, as a string
 *   src/train/index.ts   -> dist/train.js     training, for Node: carries that string
 *   src/cli/main.ts      -> dist/cli.js
 *
 * Kernels and declarations have their own steps (src/kernels/build.mjs, tsconfig.build.json).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';

const { dependencies = {} } = JSON.parse(await readFile('package.json', 'utf8'));
const installed = new RegExp(`^(${['node:', ...Object.keys(dependencies)].join('|')})`);

/** esbuild finishes what minification leaves: no `keepNames`, nothing newer than ES2022. */
const typescript = (minify) => esbuild({ target: 'es2022', minify, tsconfig: 'tsconfig.json' });
const resolve = nodeResolve({ extensions: ['.ts', '.js'] });

/** Writes a bundle's code as a module, for another bundle to carry. */
const asString = (file) => ({
  name: 'as-string',
  async generateBundle(_options, bundle) {
    const { code } = Object.values(bundle)[0];
    await mkdir('build', { recursive: true });
    await writeFile(file, `export const source: string = ${JSON.stringify(code)};\n`);
  },
});

/** Prints what a page loads, and that only what plays is in it. */
const weigh = {
  name: 'weigh',
  generateBundle(_options, bundle) {
    for (const { fileName, code, modules } of Object.values(bundle)) {
      const training = Object.keys(modules).filter((id) => /src\/train\/|kernels\/train/.test(id));
      // the training halves of processors share files with the playing ones: they are shaken off, or not
      if (/Backward/.test(code)) this.error(`${fileName} contains a backward pass`);
      if (training.length > 0) this.error(`${fileName} contains training code: ${training.join(', ')}`);
      console.log(`${fileName}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);
    }
  },
};

const play = [
  {
    input: 'worklet/processor.ts',
    output: { file: 'dist/worklet.js', format: 'es' },
    plugins: [resolve, typescript(true), asString('build/worklet.ts')],
  },
  {
    input: 'src/index.ts',
    output: { file: 'dist/index.js', format: 'es' },
    plugins: [resolve, typescript(true), weigh],
  },
];

const trainWorker = {
  input: 'src/train/worker.ts',
  external: /^node:/,
  // A worker started from a string runs as CommonJS.
  output: { file: 'build/train-worker.cjs', format: 'cjs' },
  plugins: [resolve, typescript(true), asString('build/train-worker.ts')],
};

const node = [
  { input: 'src/train/index.ts', file: 'dist/train.js', banner: '' },
  { input: 'src/cli/main.ts', file: 'dist/cli.js', banner: '#!/usr/bin/env node' },
].map(({ input, file, banner }) => ({
  input,
  external: installed,
  output: { file, format: 'es', banner, inlineDynamicImports: true },
  plugins: [resolve, typescript(false)],
}));

export default [...play, trainWorker, ...node];
