/**
 * Tries the newer Nodes, which npm's `node` package brings: `npm start`, the fast tests, and that they render
 * what this Node renders. Run it after `npm test`.
 *
 *   node .ci/nodes.mjs [version ...]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const VERSIONS = ['22.23.3', '24.21.0'];
/** Of full scale. What remains is relaxed SIMD, which may round a product and a sum once or twice. */
const TOLERANCE = 1e-5;
const MODELS = ['violin', 'saxophone'];

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
const folder = path.resolve('build/nodes');
await mkdir(folder, { recursive: true });
const versions = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;

const { decodeAudio, downmix, resample, writeWav } = await import('../dist/train.js');
const phrase = await makePhrase();
const expected = await renders(process.execPath);
for (const version of versions) {
  const node = install(version);
  console.log(`\nNode ${version}: npm start`);
  await start(node);
  console.log(`Node ${version}: renders`);
  compare(await renders(node));
  console.log(`Node ${version}: fast tests`);
  run('npm', ['run', '-s', 'test:fast'], node);
}

/** @returns the program */
function install(version) {
  const home = path.join(folder, version);
  const node = path.join(home, 'node_modules/node/bin/node');
  if (!existsSync(node))
    run('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', '--no-save', `node@${version}`]);
  return node;
}

/** Programs that are called `node` are this one. */
function environment(node) {
  return { ...process.env, PATH: path.dirname(node) + path.delimiter + process.env.PATH };
}

function run(program, args, node = process.execPath) {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: environment(node) });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed in ${node}`);
}

/** Waits until the page of `npm start` can be loaded. */
async function start(node) {
  const server = spawn('npm', ['start'], { detached: true, env: environment(node) });
  try {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      const listen = (data) => {
        said += data;
        const [, found] = said.match(/play:\s+(http\S+)/) ?? [];
        if (found) resolve(found);
      };
      server.stdout.on('data', listen);
      server.stderr.on('data', listen);
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`npm start ended (${code}):\n${said}`)));
    });
    const { status } = await fetch(address);
    if (status !== 200) throw new Error(`${address} answers ${status}`);
  } finally {
    if (server.exitCode === null) process.kill(-server.pid);
  }
}

/** At 44.1 kHz, so that the resampler takes part. */
async function makePhrase() {
  const file = 'examples/live/phrase.wav';
  const { channels, sampleRate } = await decodeAudio(await readFile(file), file);
  const written = path.join(folder, 'phrase.wav');
  await writeFile(written, writeWav(await resample(downmix(channels), sampleRate, 44_100), 44_100));
  return written;
}

async function renders(node) {
  const found = new Map();
  for (const name of MODELS) {
    const output = path.join(folder, `${name}.wav`);
    run(node, ['dist/cli.js', 'render', phrase, output, '--model', `models/${name}.safetensors`, '--float']);
    found.set(name, (await decodeAudio(await readFile(output), output)).channels[0]);
  }
  return found;
}

function compare(found) {
  for (const [name, samples] of found) {
    const wanted = expected.get(name);
    const worst = samples.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
    console.log(`${name}: ${worst.toExponential(1)} of full scale from Node ${process.versions.node}`);
    if (samples.length !== wanted.length || !(worst <= TOLERANCE))
      throw new Error(`${name} is rendered differently, by ${worst} of full scale`);
  }
}
