/** One process at a time in a folder, however many start at once. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FolderLock } from '../../../src/train/run/folder-lock';

const FOLDERS = 25;
const PROCESSES = 20;

/** Takes the lock of each folder where it can, once it is told to start, and holds them all. */
const CONTENDER = `
import { FolderLock } from './folder-lock';
process.stdin.once('data', async () => {
  const got = [];
  for (const folder of process.argv.slice(2)) {
    try {
      await FolderLock.take(folder);
      got.push(folder);
    } catch (error) {
      if (!/is training in it/.test(error.message)) throw error;
    }
  }
  process.stdout.write(JSON.stringify(got) + '\\n');
});
process.stdout.write('ready\\n');
`;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ddsp-lock-'));
});
afterAll(() => rm(root, { recursive: true }));

async function line(child: ChildProcess): Promise<string> {
  let text = '';
  while (!text.endsWith('\n')) text += (await once(child.stdout!, 'data'))[0];
  return text.trim();
}

it('goes to exactly one of many processes that start at once, also after one that was killed', async () => {
  const script = path.join(root, 'contender.mjs');
  await build({
    stdin: {
      contents: CONTENDER,
      resolveDir: path.join(import.meta.dirname, '../../../src/train/run'),
    },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const folders = Array.from({ length: FOLDERS }, (_, i) => path.join(root, `run-${i}`));
  for (const [i, folder] of folders.entries()) {
    await mkdir(folder);
    const stale = JSON.stringify({ pid: dead.pid, host: hostname() });
    if (i % 2 === 1) await writeFile(path.join(folder, 'run.lock'), stale);
  }
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, [script, ...folders], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  try {
    await Promise.all(children.map(line));
    for (const child of children) child.stdin.write('go\n');
    const got = (await Promise.all(children.map(line))).flatMap((text) => JSON.parse(text) as string[]);
    expect(got.sort()).toEqual(folders.sort());
    for (const folder of folders) expect(await readdir(folder)).toEqual(['run.lock']);
  } finally {
    for (const child of children) child.kill();
  }
}, 60_000);

it('is held once in a process, too, and taken again after a restart with the same process number', async () => {
  const folder = path.join(root, 'own');
  await mkdir(folder);
  const lock = await FolderLock.take(folder);
  await expect(FolderLock.take(folder)).rejects.toThrow(`process ${process.pid} is training in it`);
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  const before = { pid: process.pid, host: hostname(), token: 'of a process before' };
  await writeFile(path.join(folder, 'run.lock'), JSON.stringify(before));
  await (await FolderLock.take(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

it('of another machine is respected, and nobody else removes it', async () => {
  const folder = path.join(root, 'far');
  await mkdir(folder);
  const file = path.join(folder, 'run.lock');
  const text = JSON.stringify({ pid: 1, host: 'far', token: 'x' });
  await writeFile(file, text);
  await expect(FolderLock.take(folder)).rejects.toThrow(
    /process 1 on far is training in it.*or gone, delete/,
  );
  expect(await readFile(file, 'utf8')).toBe(text);
});
