/** The package as bundlers and CDNs hand it to a page: minified, in other files, from elsewhere, it still plays. */

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import esbuildPlugin from 'rollup-plugin-esbuild';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './drivers/chromium';
import type { TestBrowser, TestPage } from './drivers/page';
import { temporaryFolder } from './drivers/process';
import { level, serve, type TestServer } from './support';

const ROOT = path.join(import.meta.dirname, '../..');

/** A page's script: `play` gives a piece of a render. */
const script = (imports: string, model: string) => `
  ${imports}
  globalThis.play = async () => {
    const context = new OfflineAudioContext({ length: 24000, sampleRate: 48000 });
    const node = await DDSPNode.create(context, { model: ${model} });
    const source = new OscillatorNode(context, { type: 'sawtooth', frequency: 330 });
    source.start();
    source.connect(node).connect(context.destination);
    return Array.from((await context.startRendering()).getChannelData(0).subarray(12000, 14400));
  };
`;
const plain = script(`import { DDSPNode } from 'ddsp-worklet';`, `'/models/violin.safetensors'`);

describe('bundled', () => {
  const { folder, remove } = temporaryFolder();
  let browser: TestBrowser;
  let server: TestServer;
  let cdn: TestServer;
  let expected: number[];

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(ROOT, path.join(folder, 'node_modules/ddsp-worklet'), 'dir');
    const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
    write('package.json', '{ "type": "module" }');
    write('main.js', plain);
    // as the README says
    write(
      'vite.js',
      script(
        `import { DDSPNode } from 'ddsp-worklet';
         import violin from 'ddsp-worklet/models/violin.safetensors?url';`,
        'violin',
      ),
    );
    write('index.html', '<!doctype html><script type="module" src="/vite.js"></script>');

    const input = path.join(folder, 'main.js');
    await esbuild({
      entryPoints: [input],
      outfile: path.join(folder, 'out/esbuild.js'),
      ...{ bundle: true, minify: true, format: 'iife', logLevel: 'error' },
    });
    const bundle = await rollup({ input, plugins: [nodeResolve(), esbuildPlugin({ minify: true })] });
    await bundle.write({ file: path.join(folder, 'out/rollup.js'), format: 'es' });
    await vite({
      ...{ root: folder, configFile: false, logLevel: 'error' },
      build: { outDir: 'out/vite', emptyOutDir: false },
    });

    const out = path.join(folder, 'out');
    const files = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    cdn = await serve();
    const model = {
      '/models/violin.safetensors': readFileSync(path.join(ROOT, 'models/violin.safetensors')),
    };
    server = await serve({
      ...model,
      ...Object.fromEntries(
        // vite's page has its files under /assets/
        files.map((file) => [
          `/${path.relative(out, file).replaceAll(path.sep, '/').replace('vite/assets', 'assets')}`,
          readFileSync(file),
        ]),
      ),
      '/esbuild/index.html': '<!doctype html><script src="/esbuild.js"></script>',
      '/rollup/index.html': '<!doctype html><script type="module" src="/rollup.js"></script>',
      '/unbundled/index.html': `<!doctype html><script type="importmap">
        { "imports": { "ddsp-worklet": "/dist/index.js" } }
      </script><script type="module">${plain}</script>`,
      '/cdn/index.html': `<!doctype html><script type="module">${script(
        `import { DDSPNode } from '${cdn.origin}/dist/index.js';`,
        `'/models/violin.safetensors'`,
      )}</script>`,
    });
    browser = await launchChromium();
    expected = await play('/unbundled/index.html');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await cdn?.close();
    remove();
  });

  async function play(address: string): Promise<number[]> {
    const page: TestPage = await browser.open(server.origin + address);
    try {
      return await page.evaluate<number[]>('play()');
    } finally {
      await page.close();
    }
  }

  it.each([
    ['esbuild, minified', '/esbuild/index.html'],
    ['Rollup, minified', '/rollup/index.html'],
    ['Vite, with the model as an asset', '/vite/index.html'],
    ['a CDN, another origin', '/cdn/index.html'],
  ])('%s: plays as it does unbundled', async (_, address) => {
    expect(level(expected)).toBeGreaterThan(1e-3);
    expect(await play(address)).toEqual(expected);
  });
});
