/**
 * Bundles, in this order, because each goes into the next:
 *
 *   worklet/main.ts      -> dist/worklet.js   one script without imports and exports, for `addModule` and for pages;
 *                           build/worklet.ts  the same as a string
 *   src/index.ts         -> dist/index.js     playing: nothing but names of what is in dist/play/. A page's bundler
 *                                             leaves out the files there whose exports it does not use.
 *                                             play/midi-file.js is loaded by the first MIDI file
 *   src/hosts/           -> dist/standardized.js, dist/tone.js  adapters for other libraries: they share the files of
 *                                             dist/play/
 *   src/onnx/            -> dist/onnx.js      decoders that users bring: shares the files of dist/play/
 *   src/hosts/wam/       -> dist/wam/         the Web Audio Module, complete with library and models; gui.js is its window
 *   src/train/worker.ts  -> build/train-worker.ts  what a training worker runs in Node, as a string
 *   src/train/run/report/page.ts -> build/report-page.ts  what a run's report runs, as a string
 *   src/train/index.ts   -> dist/train.js     training, for Node: carries these strings
 *   src/project/         -> dist/train/       training, for pages: needs no other package, loads decoders late.
 *                           worker.js is what its workers run, build/train-worker.browser.ts the same as a string
 *   src/model/import/    -> dist/import/      models that were trained elsewhere, in Node and pages
 *   src/cli/main.ts      -> dist/cli.js
 *
 * dist/THIRD-PARTY-NOTICES has the licences of the packages that are part of these (.ci/notices.mjs).
 *
 * Kernels and declarations have their own steps (src/kernels/build.mjs, tsconfig.build.json).
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { minify } from 'rolldown/utils';
import esbuild from 'rollup-plugin-esbuild';
import { addKernels, notices } from './.ci/notices.mjs';

// chunks of an earlier build would be published, too
for (const folder of ['dist/play', 'dist/train', 'dist/import', 'dist/wam'])
  await rm(folder, { recursive: true, force: true });

const WORKLET = ['worklet.js', 'play/node.js'];
const NODE = ['train.js', 'cli.js'];
const PAGES = ['train/browser.js', 'train/worker.js', 'train/train-worker.browser.js'];
await addKernels('play/kernels.js', ...NODE, ...PAGES);

/** Packages that users install; the others are part of the bundles. */
const {
  version,
  dependencies = {},
  peerDependencies = {},
} = JSON.parse(await readFile('package.json', 'utf8'));
const installed = new RegExp(
  `^(${['node:', ...Object.keys({ ...dependencies, ...peerDependencies })].join('|')})`,
);

/** esbuild finishes what minification leaves: no `keepNames`, nothing newer than ES2022. */
const typescript = (minify) => [
  esbuild({ target: 'es2022', minify, tsconfig: 'tsconfig.json' }),
  ...(minify ? [addressImports] : []),
];
/** Minification drops the comments that tell a user's bundler to leave `import(address)` to the browser. */
const addressImports = {
  name: 'address-imports',
  renderChunk: (code) => ({
    code: code.replace(/\bimport\((?!["'`])/g, 'import(/*@vite-ignore*//*webpackIgnore:true*/'),
    map: null,
  }),
};
/** What every page loads is minified once more: Oxc makes it 5% smaller than esbuild does. */
const minified = {
  name: 'minified',
  renderChunk: async (code, { fileName }) =>
    (await minify(fileName, code, { module: true, compress: { target: 'es2022' } })).code,
};
const extensions = ['.ts', '.js', '.mjs'];
const resolve = nodeResolve({ extensions });
/** Mediabunny reads files by path in Node; a page has none. */
const noFiles = {
  name: 'no-files',
  resolveId: (id) => (id === 'node:fs/promises' ? '\0no-files' : null),
  load: (id) => (id === '\0no-files' ? 'export {};' : null),
};
/** With the conditions that make `#threads` and the like a page's, and its workers'. */
const resolveForPages = nodeResolve({ extensions, browser: true });
const resolveForWorkers = nodeResolve({ extensions, browser: true, exportConditions: ['nested'] });

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
      const training = Object.entries(modules).flatMap(([id, { renderedLength }]) =>
        renderedLength > 0 && /src\/train\/|src\/synth\/.*train|kernels\/train|comlink|@audio/.test(id)
          ? [id]
          : [],
      );
      if (/Backward/.test(code)) this.error(`${fileName} contains a backward pass`);
      if (training.length > 0) this.error(`${fileName} contains training code: ${training.join(', ')}`);
      console.log(`${fileName}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);
    }
  },
};

const play = [
  {
    input: 'worklet/main.ts',
    output: { file: 'dist/worklet.js', format: 'es' },
    plugins: [resolve, typescript(true), minified, notices(...WORKLET), asString('build/worklet.ts')],
  },
  {
    input: {
      index: 'src/index.ts',
      // the module behind the entry, because tone imports it too
      standardized: 'src/hosts/standardized/ddsp-node.ts',
      tone: 'src/hosts/tone/index.ts',
      onnx: 'src/onnx/index.ts',
      'play/node': 'src/web/native.ts',
      'play/microphone': 'src/web/microphone.ts',
      'play/offline': 'src/offline.ts',
      'play/kernels': 'src/dsp/play-module.ts',
      'play/errors': 'src/errors.ts',
      'play/model-errors': 'src/model/errors.ts',
    },
    external: installed,
    preserveEntrySignatures: 'allow-extension',
    output: {
      dir: 'dist',
      format: 'es',
      chunkFileNames: 'play/[name].js',
      // bundlers warn of imports that bring nothing
      hoistTransitiveImports: false,
    },
    plugins: [
      resolve,
      commonjs(),
      typescript(true),
      minified,
      addressImports,
      notices('play/offline.js', 'play/midi-file.js'),
      weigh,
    ],
  },
];

/** What hosts read beside the plugin: its description, and its models. */
const besideWam = {
  name: 'beside-wam',
  transform: (code, id) => (id.endsWith('.json') ? `export default ${code}` : null),
  async generateBundle() {
    const descriptor = JSON.parse(await readFile('src/hosts/wam/descriptor.json', 'utf8'));
    const source = `${JSON.stringify({ ...descriptor, version }, null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'descriptor.json', source });
    for (const name of await readdir('models')) {
      if (!name.endsWith('.safetensors')) continue;
      const model = await readFile(`models/${name}`);
      this.emitFile({ type: 'asset', fileName: `models/${name}`, source: model });
    }
  },
};

const wam = {
  input: { index: 'src/hosts/wam/index.ts' },
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist/wam',
    format: 'es',
    chunkFileNames: '[name].js',
    manualChunks: (id) => (id.includes('/wam/gui/') ? 'gui' : 'index'),
  },
  plugins: [resolve, besideWam, typescript(true), notices('wam/index.js', 'wam/gui.js')],
};

const trainWorker = {
  input: 'src/train/worker.ts',
  external: /^node:/,
  // A worker started from a string runs as CommonJS.
  output: { file: 'build/train-worker.cjs', format: 'cjs' },
  plugins: [resolve, commonjs(), typescript(true), notices(...NODE), asString('build/train-worker.ts')],
};

/** Style sheets as strings. */
const styles = {
  name: 'styles',
  transform: (code, id) => (id.endsWith('.css') ? `export default ${JSON.stringify(code)}` : null),
};

const reportPage = {
  input: 'src/train/run/report/page.ts',
  output: {
    file: 'build/report-page.script.js',
    format: 'iife',
    banner: '/*! With uPlot, copyright (c) Leon Sorokin, MIT License, https://github.com/leeoniya/uPlot */',
  },
  plugins: [resolve, styles, typescript(true), notices(...NODE), asString('build/report-page.ts')],
};

/** What a page loads must run there. */
const noNode = {
  name: 'no-node',
  generateBundle(_options, bundle) {
    for (const { fileName, imports, dynamicImports, code } of Object.values(bundle)) {
      const foreign = [...imports, ...dynamicImports].filter((id) => !(id in bundle));
      if (foreign.length > 0) this.error(`${fileName} imports ${foreign.join(', ')}`);
      if (/worker_threads|availableParallelism/.test(code)) this.error(`${fileName} contains Node's threads`);
    }
  },
};

const pages = [
  {
    input: 'src/project/worker.ts',
    output: { file: 'dist/train/worker.js', format: 'es', inlineDynamicImports: true },
    plugins: [
      noFiles,
      resolveForWorkers,
      commonjs(),
      typescript(true),
      notices(...PAGES),
      asString('build/train-worker.browser.ts'),
      noNode,
    ],
  },
  {
    input: { browser: 'src/project/index.ts' },
    output: { dir: 'dist/train', format: 'es', chunkFileNames: '[name].js' },
    plugins: [noFiles, resolveForPages, commonjs(), typescript(true), notices('train/browser.js'), noNode],
  },
];

const node = [
  { input: 'src/train/index.ts', file: 'dist/train.js', banner: '' },
  { input: 'src/cli/main.ts', file: 'dist/cli.js', banner: '#!/usr/bin/env node' },
].map(({ input, file, banner }) => ({
  input,
  external: installed,
  output: { file, format: 'es', banner, inlineDynamicImports: true },
  plugins: [resolve, commonjs(), typescript(false), notices(file.slice('dist/'.length))],
}));

const weighImport = {
  name: 'weigh-import',
  generateBundle(_options, bundle) {
    for (const { fileName, code } of Object.values(bundle)) {
      const size = gzipSync(code, { level: 9 }).length;
      console.log(`import/${fileName}: ${code.length} bytes, ${size} gzipped`);
    }
  },
};

const imports = {
  input: { index: 'src/model/import/index.ts' },
  // chunks that are loaded later share code with the entry, which has no second file for it
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist/import',
    format: 'es',
    chunkFileNames: '[name].js',
    // every family needs these: one file packs better than three
    manualChunks: (id) =>
      /src\/(decoder|model\/import\/sweep)\/(?!calibrate)/.test(id) ? 'sweep' : undefined,
  },
  plugins: [resolveForPages, typescript(true), notices('import/index.js'), noNode, weighImport],
};

export default [...play, wam, imports, trainWorker, reportPage, ...node, ...pages];
