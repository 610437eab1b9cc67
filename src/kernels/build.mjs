/**
 * Compiles the AssemblyScript kernels and writes them as TypeScript modules that carry the bytes.
 *
 *   build/kernels/play.ts    forward kernels (what a page loads)
 *   build/kernels/train.ts   forward and backward kernels
 *
 * Each module exports `pieces`: the same kernels for plain and for relaxed SIMD, in turn a piece of each (gzip finds
 * what they have in common within 32 kB only, and they are longer). Each byte is one or two
 * characters (`toText`): in base64, whose characters hold parts of two bytes, gzip finds less. And it exports the type
 * `Exports`, from asc's declarations, so that a call with wrong arguments is a type error. The module stands alone:
 * published types need no other generated file.
 *
 * Does nothing when no source has changed.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const asc = path.join(
  path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')),
  'bin/asc.js',
);
const out = path.join(root, 'build/kernels');

const ENTRIES = ['play', 'train'];

async function compile(entry, flavour, features) {
  const wasm = path.join(out, `${entry}.${flavour}.wasm`);
  await run(process.execPath, [
    asc,
    path.join(root, `src/kernels/${entry}.ts`),
    ...['--outFile', wasm, '--runtime', 'stub', '--importMemory', '--bindings', 'raw'],
    ...['-O3', '--shrinkLevel', '0', '--noAssert', '--use', 'abort='],
    ...features.flatMap((feature) => ['--enable', feature]),
  ]);
  return toText(await readFile(wasm));
}

/**
 * Text of printable characters, which src/dsp/binary.ts reads. A byte plus 3 (modulo 256: 253, the prefix of SIMD, is
 * frequent) is one character if it is below 88, else one of two prefixes and a character.
 */
function toText(bytes) {
  // from # to }, without the backslash
  const character = (value) => String.fromCharCode(value + (value < 57 ? 35 : 36));
  return Array.from(bytes, (byte) => (byte + 3) % 256)
    .map((value) => (value < 88 ? '' : character(87 + Math.floor(value / 88))) + character(value % 88))
    .join('');
}

const PIECE = 11_000;

function interleave(a, b) {
  const count = Math.ceil(Math.max(a.length, b.length) / PIECE);
  return Array.from({ length: count }, (_, i) =>
    [a, b].map((text) => text.slice(i * PIECE, (i + 1) * PIECE)),
  ).flat();
}

async function build(entry) {
  const [simd, relaxed] = await Promise.all([
    compile(entry, 'simd', ['simd']),
    compile(entry, 'relaxed', ['simd', 'relaxed-simd']),
  ]);
  const declarations = await readFile(path.join(out, `${entry}.simd.d.ts`), 'utf8');
  const methods = [...declarations.matchAll(/export function (\w+\(.*?\): \w+;)/g)].map((match) => match[1]);
  await writeFile(
    path.join(out, `${entry}.ts`),
    `export interface Exports {\n  memory: WebAssembly.Memory;\n  ${methods.join('\n  ')}\n}\n` +
      `export const pieces: readonly string[] = ${JSON.stringify(interleave(simd, relaxed))};\n`,
  );
  console.log(`kernels/${entry}: ${simd.length} characters`);
}

/** Whether the modules are there, and newer than all that they are made of. */
async function isUpToDate() {
  const sources = (await readdir(import.meta.dirname, { recursive: true })).map((name) =>
    path.join(import.meta.dirname, name),
  );
  const time = async (file) => (await stat(file)).mtimeMs;
  try {
    const made = await Promise.all(ENTRIES.map((entry) => time(path.join(out, `${entry}.ts`))));
    const from = await Promise.all([...sources, asc].map(time));
    return Math.min(...made) > Math.max(...from);
  } catch {
    return false;
  }
}

await mkdir(out, { recursive: true });
try {
  if (!(await isUpToDate())) await Promise.all(ENTRIES.map(build));
} catch (error) {
  console.error(error.stderr || error.message);
  process.exitCode = 1;
}
