/** The built package, as those who install it meet it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

  it.each(['bundler', 'nodenext'])(
    'has types, and examples that fit them (moduleResolution %s)',
    (resolution) => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'ddsp-types-'));
      try {
        mkdirSync(path.join(folder, 'node_modules'));
        symlinkSync(root, path.join(folder, 'node_modules/ddsp-worklet'), 'dir');
        writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
        writeFileSync(
          path.join(folder, 'use.ts'),
          `import { DDSPNode, type Model } from 'ddsp-worklet';
         import { Dataset, datasetOptions, defaultConfig, Trainer } from 'ddsp-worklet/train/browser';
         export async function train(files: readonly File[], workerUrl: URL): Promise<number> {
           const sources = files.map((file) => ({ name: file.name, content: file }));
           const dataset = await Dataset.fromFiles(sources, datasetOptions(defaultConfig));
           const trainer = await Trainer.create({ dataset, config: defaultConfig, workerUrl });
           // @ts-expect-error a trainer has no such member
           trainer.pace;
           return trainer.step;
         }
         export async function use(context: AudioContext, model: Model): Promise<AudioNode> {
           const node: AudioWorkletNode = await DDSPNode.create(context, { model });
           // @ts-expect-error a node has no such parameter
           node.loudnessShift;
           return node;
         }
         export function show(node: DDSPNode): void {
           node.addEventListener('analysis', ({ detail }) => detail.f0.toFixed(1));
           node.reverb.value = node.latency + node.tailTime + node.model.sampleRate;
           // @ts-expect-error not a number: the types are really there
           node.reverb.value = node.model.about.name;
         }`,
        );
        const snippets = ['docs/training-in-the-browser.md', 'docs/runs.md'].flatMap(examplesOf);
        snippets.forEach((code, i) => {
          writeFileSync(path.join(folder, `snippet-${i}.ts`), `${code}\nexport {};\n`);
        });
        const files = ['use.ts', ...snippets.map((_, i) => `snippet-${i}.ts`)];
        const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
        execFileSync(
          process.execPath,
          [
            path.join(root, 'node_modules/typescript/bin/tsc'),
            ...['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--types', ''],
            ...['--module', module, '--moduleResolution', resolution, ...files],
          ],
          { cwd: folder, encoding: 'utf8' },
        );
      } catch (error) {
        expect.fail(String((error as { stdout?: string }).stdout ?? error));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
