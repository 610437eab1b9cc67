/** What a page loads of the built package: bundled, minified, gzipped. */

import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild, transform } from 'esbuild';
import { type OutputChunk, rollup } from 'rollup';

const ROOT = path.join(import.meta.dirname, '../..');

/**
 * Bytes of a page's script and of what it imports, gzipped. What it loads on demand does not count.
 * @param external packages that the page brings
 */
export async function pageSize(code: string, external: readonly RegExp[] = []): Promise<number> {
  const entry = path.join(ROOT, 'page.js');
  const page = {
    name: 'page',
    resolveId: (id: string) => (id === entry ? id : null),
    load: (id: string) => (id === entry ? code : null),
  };
  const bundle = await rollup({
    input: entry,
    external: [...external],
    plugins: [page, nodeResolve({ browser: true })],
  });
  const { output } = await bundle.generate({ format: 'es' });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk as OutputChunk]));
  const [first] = output;
  const names = new Set([first.fileName]);
  for (const name of names)
    for (const next of chunks.get(name)!.imports) if (chunks.has(next)) names.add(next);
  const scripts = await Promise.all(
    [...names].map((name) => transform(chunks.get(name)!.code, { minify: true })),
  );
  return scripts.reduce((sum, { code: script }) => sum + gzipped(script), 0);
}

/** Bytes of a page's script, gzipped, bundled by esbuild into one file. */
export async function fileSize(code: string): Promise<number> {
  const { outputFiles } = await esbuild({
    stdin: { contents: code, resolveDir: ROOT },
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' },
  });
  return gzipped(outputFiles[0].contents);
}

export function gzipped(data: string | Uint8Array): number {
  return gzipSync(data, { level: 9 }).length;
}
