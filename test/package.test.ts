/** The built package, as those who install it meet it. */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/version';

const root = path.join(import.meta.dirname, '..');

function node(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' });
}

/** The TypeScript in a page of documentation. */
function examplesOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
}

it('knows its version', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(VERSION).toBe(version);
});

describe('the built package', () => {
  it('can be imported on a server, by its name', () => {
    const names = node(`
      const { DDSPNode, ...rest } = await import('ddsp-worklet');
      console.log(typeof DDSPNode.create, Object.keys(rest).includes('openMicrophone'));
    `);
    expect(names).toBe('function true\n');
  });

  it.each([
    ['standardized', 'DDSPNode.create'],
    ['tone', 'DDSP.create'],
    ['onnx', 'OnnxDecoder.load'],
  ])('can be imported there for other hosts, too: %s', (entry, name) => {
    const code = `console.log(typeof (await import('ddsp-worklet/${entry}')).${name})`;
    expect(node(code)).toBe('function\n');
  });

  it('says what is missing when it is used there', () => {
    const message = node(`
      const { DDSPNode } = await import('ddsp-worklet');
      await DDSPNode.create({}, { model: 'x' }).catch((error) => console.log(error.message));
    `);
    expect(message).toMatch(/needs a native AudioContext/);
  });

  it('has a worklet that is one script', () => {
    const code = readFileSync(path.join(root, 'dist/worklet.js'), 'utf8');
    expect(code).not.toMatch(/\b(import|export)\b[\s{*(]/);
    expect(code).toMatch(/registerProcessor/);
  });

  it('has all files that a page loads without a bundler in the list of the service worker', () => {
    const loaded = new Set(['dist/index.js']);
    for (const file of loaded) {
      const code = readFileSync(path.join(root, file), 'utf8');
      for (const [, next] of code.matchAll(/\bfrom\s*["'`](\.[^"'`]+)/g))
        loaded.add(path.join(path.dirname(file), next));
    }
    const worker = readFileSync(path.join(root, 'test/hosts/fixtures/offline/service-worker.js'), 'utf8');
    const kept = [...worker.matchAll(/'\/ddsp-worklet\/(.*)'/g)].map(([, file]) => file);
    expect(kept).toEqual([...loaded].sort());
  });

  it('tells bundlers to leave the address of the worklet alone, which a page imports', () => {
    const code = readFileSync(path.join(root, 'dist/play/ddsp-node.js'), 'utf8');
    const imports = code.match(/\bimport\([^)]*\)/g)?.map((found) => found.replace(/\w+\)$/, 'x)'));
    expect(imports).toEqual(['import(/*@vite-ignore*//*webpackIgnore:true*/x)']);
  });

  it('trains in pages: bundlers find what needs no Node, and importing it on a server is harmless', async () => {
    const { metafile } = await build({
      stdin: {
        contents: "import { Trainer } from 'ddsp-worklet/train'; console.log(Trainer)",
        resolveDir: root,
      },
      ...{ bundle: true, format: 'esm', platform: 'browser', write: false, metafile: true, outdir: 'out' },
    });
    expect(Object.keys(metafile.inputs)).toContain('dist/train/browser.js');
    expect(node(`console.log(typeof (await import('ddsp-worklet/train/browser')).Trainer)`)).toBe(
      'function\n',
    );
  });

  it('has documentation whose examples fit its types', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'ddsp-types-'));
    try {
      mkdirSync(path.join(folder, 'node_modules'));
      symlinkSync(root, path.join(folder, 'node_modules/ddsp-worklet'), 'dir');
      for (const name of ['standardized-audio-context', 'tone']) {
        symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name), 'dir');
      }
      writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
      symlinkSync(path.join(root, 'node_modules/@types'), path.join(folder, 'node_modules/@types'), 'dir');
      const pages = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.md'))
        .map((file) => path.join('docs', file));
      const snippets = ['README.md', ...pages].flatMap(examplesOf);
      expect(snippets.length).toBeGreaterThan(12);
      const files = snippets.map((code, i) => {
        writeFileSync(path.join(folder, `snippet-${i}.ts`), `${code}\nexport {};\n`);
        return `snippet-${i}.ts`;
      });
      execFileSync(
        process.execPath,
        [
          path.join(root, 'node_modules/typescript/bin/tsc'),
          ...['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--types', 'node'],
          ...['--module', 'esnext', '--moduleResolution', 'bundler', ...files],
        ],
        { cwd: folder, encoding: 'utf8' },
      );
    } catch (error) {
      expect.fail(String((error as { stdout?: string }).stdout ?? error));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is installed with few others, of which none runs a script', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
    type Locked = {
      dev?: boolean;
      optional?: boolean;
      peer?: boolean;
      hasInstallScript?: boolean;
      link?: boolean;
    };
    const installed = Object.entries(packages as Record<string, Locked>).filter(
      ([place, { dev, optional, peer, link }]) =>
        place.startsWith('node_modules/') && !dev && !optional && !peer && !link,
    );
    expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
    expect(installed.length).toBeLessThanOrEqual(12);
    expect(installed.map(([place]) => place)).toContain('node_modules/@audio/decode-flac');
  });

  it('names the packages that are part of it, and none under a licence that forbids that', () => {
    const notices = readFileSync(path.join(root, 'dist/THIRD-PARTY-NOTICES'), 'utf8');
    for (const name of ['assemblyscript', 'comlink', 'mediabunny', 'midi-file', 'uplot', 'valibot', 'yaml'])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
    for (const file of [
      'play/node.js',
      'play/offline.js',
      'play/midi-file.js',
      'worklet.js',
      'train.js',
      'cli.js',
      'train/browser.js',
      'train/worker.js',
    ]) {
      expect(notices).toMatch(new RegExp(`^in: .*\\b${file.replaceAll('.', '\\.')}`, 'm'));
      const code = readFileSync(path.join(root, 'dist', file), 'utf8');
      expect(code).not.toMatch(/codec-parser|mpg123|wasm-audio-decoders/);
    }
  });
});
