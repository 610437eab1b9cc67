/**
 * Checks what would be published, as those who install it meet it: the tarball alone, without the repository's
 * packages beside it. Run it after `npm run build`. `npm run test:hosts`
 * builds and compiles applications with it.
 *
 *   - publint: fields of package.json and files that do not fit
 *   - Are The Types Wrong: types for every entry and way of resolving it
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = path.resolve(import.meta.dirname, '..');
const folder = await mkdtemp(path.join(os.tmpdir(), 'ddsp-package-'));
const problems = [];
try {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ filename }] = Object.values(JSON.parse(packed));
  const tarball = await readFile(path.join(folder, filename));
  const installed = path.join(folder, 'node_modules/ddsp-worklet');
  await mkdir(installed, { recursive: true });
  execFileSync('tar', ['xzf', path.join(folder, filename), '--strip-components=1', '-C', installed]);

  await checkFields(installed);
  await checkEntries(tarball);
} finally {
  await rm(folder, { recursive: true });
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

async function checkFields(pkgDir) {
  const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg)}`);
}

/** What is not expected of an ES module with scripts among its entries. */
function isExpected({ kind, entrypoint, resolutionKind }) {
  // scripts for `addModule` and `new Worker`, the plugin and model files are loaded by their address
  if (/\.\/(wam|worklet|train\/worker|models)/.test(entrypoint ?? '')) return true;
  // CommonJS gets ES modules by import(), or by require() from Node 22 on
  if (kind === 'CJSResolvesToESM') return true;
  // this way of resolving knows no `exports`: it finds the main entry alone
  return resolutionKind === 'node10' && entrypoint !== '.';
}

async function checkEntries(tarball) {
  const { problems: found } = await checkPackage(createPackageFromTarballData(tarball));
  for (const problem of found) {
    if (!isExpected(problem)) problems.push(`types: ${JSON.stringify(problem)}`);
  }
}
