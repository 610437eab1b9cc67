/** Layers import downwards only, and no two files import each other in a circle; types count as imports. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each layer may import besides itself. A new folder of `src` needs a line here. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  options: ['errors'],
  controls: ['options', 'errors'],
  dsp: ['errors'],
  analysis: ['dsp', 'options', 'errors'],
  decoder: ['dsp', 'errors'],
  synth: ['dsp', 'errors'],
  model: ['analysis', 'decoder', 'synth', 'dsp', 'errors'],
  play: ['model', 'analysis', 'decoder', 'synth', 'dsp', 'controls', 'options', 'errors'],
  web: ['play', 'model', 'analysis', 'synth', 'dsp', 'controls', 'options', 'version', 'errors'],
  platform: ['errors'],
  onnx: ['play', 'model', 'decoder', 'synth', 'platform', 'errors'],
  audio: ['platform', 'dsp', 'errors'],
  train: ['play', 'model', 'analysis', 'decoder', 'synth', 'dsp', 'audio', 'platform', 'controls', 'errors'],
  project: ['train', 'play', 'model', 'analysis', 'dsp', 'audio', 'platform', 'controls', 'errors'],
  cli: [
    'train',
    'onnx',
    'play',
    'model',
    'analysis',
    'synth',
    'dsp',
    'audio',
    'platform',
    'controls',
    'errors',
  ],
  hosts: ['index', 'web', 'play', 'model', 'controls', 'options', 'version', 'errors'],
  worklet: ['web', 'play', 'model', 'analysis', 'synth', 'dsp', 'controls', 'options', 'errors'],
};
/** Public entries, which may import anything. */
const ENTRIES = ['index', 'offline'];
const PLATFORM = /^#(threads|open|lazy-packages)$/;

const root = path.resolve(import.meta.dirname, '..');
const sources = ['src', 'worklet']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.join(folder, file),
    ),
  )
  .filter((file) => file.endsWith('.ts') && !file.startsWith(path.join('src', 'kernels')));

function layerOf(file: string): string {
  const [first, second] = file.split(path.sep);
  return first === 'worklet' ? first : second.replace(/\.ts$/, '');
}

/** Files of the project that `file` imports, types included; platform modules by their name. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map((match) => match[1]);
  return found.flatMap((specifier) => {
    if (PLATFORM.test(specifier)) return [specifier];
    if (!specifier.startsWith('.')) return [];
    const target = path.normalize(path.join(path.dirname(file), specifier));
    const candidates = [`${target}.ts`, path.join(target, 'index.ts'), `${target}.d.ts`];
    return candidates.filter((candidate) => sources.includes(candidate)).slice(0, 1);
  });
}

const graph = new Map(sources.map((file) => [file, importsOf(file)]));

describe('imports', () => {
  it('reads the sources', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(importsOf(path.join('src', 'play', 'engine.ts')).length).toBeGreaterThan(5);
  });

  it.each(sources)('%s imports only downwards', (file) => {
    const layer = layerOf(file);
    if (ENTRIES.includes(layer)) return;
    expect(ALLOWED[layer], `no rule for the folder ${layer}`).toBeDefined();
    const wrong = graph.get(file)!.filter((target) => {
      const below = PLATFORM.test(target) ? 'platform' : layerOf(target);
      return below !== layer && !ALLOWED[layer].includes(below);
    });
    expect(wrong).toEqual([]);
  });

  it('forms no cycle', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      if (done.has(file)) return;
      const at = trail.indexOf(file);
      expect(at < 0 ? [] : [...trail.slice(at), file]).toEqual([]);
      for (const target of graph.get(file) ?? []) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
  });
});
