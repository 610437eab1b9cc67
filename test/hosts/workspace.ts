/**
 * A folder as an application's author has it: the packed tarball unpacked in node_modules, beside bundlers, frameworks
 * and compilers in fixed versions. It lies in build/hosts/ and is kept between runs; the tools are installed anew when
 * the lock file has changed.
 */

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(import.meta.dirname, '../..');
const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const WORKSPACE = path.join(ROOT, 'build/hosts');
/** The package as it is installed. */
export const PACKAGE = path.join(WORKSPACE, 'node_modules/ddsp-worklet');

const shell = process.platform === 'win32';

/** Vitest's: installs the tools and the package before the first test. @throws (rejects) with what npm or tar printed */
export async function setup(): Promise<void> {
  mkdirSync(WORKSPACE, { recursive: true });
  await installTools();
  const packed = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', WORKSPACE],
    ROOT,
  );
  const [{ filename }] = Object.values<{ filename: string }>(JSON.parse(packed));
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(PACKAGE);
  await run('tar', ['xzf', filename, '--strip-components=1', '-C', PACKAGE], WORKSPACE);
}

async function installTools(): Promise<void> {
  const lock = readFileSync(path.join(import.meta.dirname, 'package-lock.json'), 'utf8');
  const done = path.join(WORKSPACE, 'node_modules/installed.json');
  if (existsSync(done) && readFileSync(done, 'utf8') === lock) return;
  for (const file of ['package.json', 'package-lock.json'])
    cpSync(path.join(import.meta.dirname, file), path.join(WORKSPACE, file));
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], WORKSPACE);
  cpSync(path.join(import.meta.dirname, 'package-lock.json'), done);
}

/**
 * A project of the workspace.
 * @param parts fixtures, of which the later ones replace files of the earlier ones
 * @returns its folder
 */
export function project(name: string, parts: readonly string[]): string {
  const folder = path.join(WORKSPACE, name);
  rmSync(folder, { recursive: true, force: true });
  for (const part of parts) cpSync(path.join(FIXTURES, part), folder, { recursive: true });
  return folder;
}

/**
 * Runs a script in a project's folder.
 * @param script its path in node_modules
 * @throws (rejects) with all that it printed
 */
export function tool(folder: string, script: string, ...args: readonly string[]): Promise<string> {
  return run(process.execPath, [path.resolve(WORKSPACE, 'node_modules', script), ...args], folder);
}

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' };
  // vitest's, which would make builds for tests of them
  for (const name of ['NODE_ENV', 'VITEST', 'TEST', 'NODE_OPTIONS']) delete env[name];
  try {
    const options = { cwd, env, shell: shell && program !== process.execPath, maxBuffer: 2 ** 26 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[program, ...args].join(' ')} failed:\n${stdout}${stderr}`);
  }
}
