import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/wav';
import { printable, printableJson } from '../../src/cli/terminal';
import { note } from '../support/sounds';
import { SMALL, Workplace } from './ddsp';

describe('text for a terminal', () => {
  it('shows controls instead of obeying them', () => {
    expect(printable('a\u001b[2Jb\r\nc\u0007\u009b31m\u007f')).toBe(
      'a\\x1b[2Jb\\x0d\\x0ac\\x07\\x9b31m\\x7f',
    );
    expect(printable('gpj.\u202evaw')).toBe('gpj.\\u{202e}vaw');
    expect(printable('Flöte – 笛 🎺 (2).wav')).toBe('Flöte – 笛 🎺 (2).wav');
  });

  it('shows them in JSON, which is read back the same', () => {
    const value = { name: 'a\u009b31m\u202e', lines: ['x\ny'] };
    const text = printableJson(value);
    expect(text).not.toMatch(/[\u009b\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe.skipIf(process.platform === 'win32')('ddsp', () => {
  const evil = 'x\u001b[31m\u0007\ny';
  let place: Workplace;
  let folder: string;
  beforeAll(async () => {
    place = await Workplace.create('terminal');
    folder = await mkdtemp(path.join(tmpdir(), 'ddsp-evil-'));
    await writeFile(path.join(folder, `${evil}.wav`), writeWav(note(2, 16_000, 300), 16_000));
    await writeFile(path.join(folder, `${evil}2.wav`), 'no sound');
    await writeFile(path.join(folder, `${evil}.txt`), '');
  });
  afterAll(async () => {
    await place.remove();
    await rm(folder, { recursive: true });
  });

  it('escapes the names of files wherever it shows them', async () => {
    const commands = [
      ['preprocess', '--data', folder, ...SMALL],
      ['analyse', path.join(folder, `${evil}2.wav`), '--out', path.join(folder, 'x.csv')],
      ['info', path.join(folder, `none ${evil}`)],
      ['train', `--${evil}`],
      ['config', `${evil}=1`],
    ];
    for (const args of commands) {
      const { out, err } = await place.ddsp(args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(err.split('\n').every((line) => !line.startsWith('y'))).toBe(true);
    }
    const { out, err } = await place.ddsp(commands[0]);
    expect(out).toContain('x\\x1b[31m\\x07\\x0ay.wav');
    expect(err).toContain('refused x\\x1b[31m\\x07\\x0ay2.wav');
  });
});
