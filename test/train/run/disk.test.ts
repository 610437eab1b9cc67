import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append, fileError, readBytes, writeAtomically } from '../../../src/train/run/disk';
import { FileError } from '../../../src/train/run/store';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ddsp-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writing', () => {
  it('replaces a file and leaves nothing else behind', async () => {
    const file = path.join(folder, 'model');
    await writeAtomically(file, 'old');
    await writeAtomically(file, Uint8Array.of(110, 101, 119));
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('names the path and the reason when it cannot', async () => {
    await mkdir(path.join(folder, 'taken'));
    await writeFile(path.join(folder, 'file'), '');
    const cases: [path: string, reason: RegExp][] = [
      ['missing/model', /missing\/model: cannot be written: there is no such file or folder/],
      ['taken', /taken: cannot be written: it is a folder/],
      ['file/model', /a part of this path is a file/],
    ];
    for (const [name, reason] of cases) {
      await expect(writeAtomically(path.join(folder, name), 'x')).rejects.toThrow(reason);
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('names a folder without permission', async () => {
    const locked = path.join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await expect(writeAtomically(path.join(locked, 'x'), 'x')).rejects.toThrow(/locked.*permission denied/);
  });

  it('says what to do about a full disk', () => {
    const error = fileError('/big/model', 'cannot be written', { code: 'ENOSPC', message: 'no space left' });
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(/^\/big\/model: cannot be written: the disk is full: free some space/);
  });
});

describe('adding', () => {
  it('makes a file, and adds to its end', async () => {
    const file = path.join(folder, 'log');
    await append(file, 'one\n');
    await append(file, Uint8Array.of(116, 119, 111));
    expect(await readFile(file, 'utf8')).toBe('one\ntwo');
  });

  it('names the path and the reason when it cannot', async () => {
    await expect(append(path.join(folder, 'none/log'), 'x')).rejects.toThrow(
      /none\/log: cannot be written: there is no such file or folder/,
    );
  });

  it.skipIf(process.platform !== 'linux')('names a full disk', async () => {
    await expect(append('/dev/full', 'x')).rejects.toThrow(
      /\/dev\/full: cannot be written: the disk is full/,
    );
  });
});

describe('reading', () => {
  it('names the path', async () => {
    const file = path.join(folder, 'none');
    await expect(readBytes(file)).rejects.toThrow(`${file}: cannot be read: there is no such file`);
  });
});
