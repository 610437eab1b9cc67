import { describe, expect, it } from 'vitest';
import { RunFiles } from '../../src/project/run-files';
import type { ProjectStorage } from '../../src/project/storage';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A project whose database has the file `log`, in two parts. */
function filesOfProject(): RunFiles {
  const file = async (_id: string, name: string) => (name === 'log' ? [bytes('a'), bytes('b')] : []);
  return new RunFiles({ file } as unknown as ProjectStorage, 'id');
}

async function textOf(files: RunFiles, name: string): Promise<string | null> {
  const content = await files.read(name);
  return content && new TextDecoder().decode(content);
}

describe('RunFiles', () => {
  it('reads what was saved, with the changes that were not saved yet', async () => {
    const files = filesOfProject();
    expect(await textOf(files, 'none')).toBeNull();
    await files.append('log', 'c');
    expect(await textOf(files, 'log')).toBe('abc');
    await files.write('log', '');
    expect(await textOf(files, 'log')).toBe('');
    await files.append('log', 'd');
    await files.append('log', bytes('e'));
    expect(await textOf(files, 'log')).toBe('de');
  });

  it('gives each change once, in the order in which it must be saved', async () => {
    const files = filesOfProject();
    await files.append('log', 'gone');
    await files.write('log', 'x');
    await files.append('log', 'y');
    expect(files.take()).toEqual([
      { name: 'log', content: bytes('x'), append: false },
      { name: 'log', content: bytes('y'), append: true },
    ]);
    expect(files.take()).toEqual([]);
  });
});
