/** The `ddsp` command as one file. */

import path from 'node:path';
import { build } from 'esbuild';

/**
 * @param name of the test: those that run at the same time have their own
 * @returns the file's path, inside the package, whose package.json and dependencies it looks for
 */
export async function bundleCommand(name: string): Promise<string> {
  const outfile = path.join(import.meta.dirname, `../../build/cli.${name}.mjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../src/cli/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}
