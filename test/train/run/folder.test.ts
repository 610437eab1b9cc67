import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder } from '../../../src/train/run/folder';
import { LostRunError } from '../../../src/train/run/store';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ddsp-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

describe('a run folder', () => {
  it('keeps files, also in folders of its own', async () => {
    const run = new RunFolder(path.join(root, 'new/run'));
    await run.open();
    expect(await run.read('metrics.jsonl')).toBeNull();
    expect(await run.list('samples')).toEqual([]);
    await run.append('metrics.jsonl', 'a\n');
    await run.append('metrics.jsonl', 'b\n');
    await run.write('samples/2.wav', Uint8Array.of(65));
    await run.write('samples/1.wav', 'x');
    await run.write('samples/1.wav', 'y');
    expect(text(await run.read('metrics.jsonl'))).toBe('a\nb\n');
    expect(text(await run.read('samples/1.wav'))).toBe('y');
    expect(await run.list('samples')).toEqual(['1.wav', '2.wav']);
    await run.remove('samples/1.wav');
    await run.remove('samples/1.wav');
    expect(await run.list('samples')).toEqual(['2.wav']);
    expect(await run.free()).toBeGreaterThan(0);
    await run.close();
    expect((await readdir(run.location)).sort()).toEqual(['metrics.jsonl', 'samples']);
  });

  it('is not there when nothing was put into it', async () => {
    const empty = new RunFolder(path.join(root, 'empty'));
    await empty.open();
    await empty.close();
    expect(await readdir(root)).not.toContain('empty');
    // unless it was there before
    await mkdir(empty.location);
    await empty.open();
    await empty.close();
    expect(await readdir(root)).toContain('empty');
  });

  it('removes what a killed process left half written, and nothing else', async () => {
    const folder = path.join(root, 'killed');
    await mkdir(path.join(folder, 'samples'), { recursive: true });
    for (const name of ['.last.ckpt.123.tmp', 'samples/.1.wav.9.tmp', 'notes.tmp', '.hidden', 'last.ckpt']) {
      await writeFile(path.join(folder, name), 'x');
    }
    const run = new RunFolder(folder);
    await run.open();
    await run.close();
    expect((await readdir(folder)).sort()).toEqual(['.hidden', 'last.ckpt', 'notes.tmp', 'samples']);
    expect(await run.list('samples')).toEqual([]);
  });

  it('keeps a second process out while the first one lives', async () => {
    const folder = path.join(root, 'locked');
    await mkdir(folder);
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const lock = path.join(folder, 'run.lock');
    await writeFile(lock, JSON.stringify({ pid: other.pid, host: hostname() }));
    const run = new RunFolder(folder);
    await expect(run.open()).rejects.toThrow(new RegExp(`locked: process ${other.pid} is training in it`));
    const gone = new Promise((resolve) => other.on('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    await run.open();
    expect(JSON.parse(await readFile(lock, 'utf8')).pid).toBe(process.pid);
    await run.close();
  });

  it('does not mind a lock that makes no sense', async () => {
    const run = new RunFolder(path.join(root, 'torn'));
    await mkdir(run.location);
    await writeFile(run.path('run.lock'), '{"pid":');
    await run.open();
    await run.close();
  });

  it('that is gone is not made again', async () => {
    const run = new RunFolder(path.join(root, 'gone'));
    await run.open();
    await run.write('samples/1.wav', 'x');
    await rename(run.location, path.join(root, 'elsewhere'));
    for (const change of [
      () => run.write('last.ckpt', 'x'),
      () => run.append('metrics.jsonl', 'x'),
      () => run.write('samples/2.wav', 'x'),
      () => run.remove('last.ckpt'),
    ]) {
      await expect(change()).rejects.toThrow(LostRunError);
    }
    expect(await readdir(root)).not.toContain('gone');
    // another folder in its place is not it
    await mkdir(run.location);
    await expect(run.write('last.ckpt', 'x')).rejects.toThrow(/removed, moved or replaced during training/);
    expect(await readdir(run.location)).toEqual([]);
    await run.close();
  });

  it('cannot be where a file is', async () => {
    await writeFile(path.join(root, 'file'), '');
    await expect(new RunFolder(path.join(root, 'file')).open()).rejects.toThrow(
      /file: cannot be made: a file is in its place/,
    );
  });
});
