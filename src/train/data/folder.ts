/** Recordings in a folder. Node only. */

import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type AudioSource, DatasetError } from './source';

export interface FolderContents {
  /** in the order of their paths */
  readonly sources: readonly AudioSource[];
  /** files that are no audio by their names, and hidden ones */
  readonly ignored: readonly string[];
}

/** By name; what a file really is shows when it is decoded, and audio we cannot read is refused there. */
const AUDIO = /\.(wave?|flac|mp3|og[ga]|opus|aiff?|m4a|mp4|aac|wma|webm|caf|rf64)$/i;

/**
 * Walks `folder` and all folders in it. Names are paths relative to it, with forward slashes.
 * @param folder a folder, or one file
 * @throws DatasetError when it does not exist or cannot be read
 */
export async function audioFolder(folder: string): Promise<FolderContents> {
  const files = new Map<string, string>();
  try {
    if ((await stat(folder)).isFile()) files.set(path.basename(folder), folder);
    else await walk(folder, '', files, new Set());
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such folder' : message;
    throw new DatasetError(`${folder}: ${reason}`, { cause });
  }
  const names = [...files.keys()].sort();
  const isAudio = (name: string) => AUDIO.test(name) && !path.posix.basename(name).startsWith('.');
  return {
    sources: names.filter(isAudio).map((name) => ({ name, content: { path: files.get(name)! } })),
    ignored: names.filter((name) => !isAudio(name)),
  };
}

/** In the folder of a training run: what lies there was made from recordings, it is none. */
const RUN = 'run.json';

/** @param visited real paths of the folders above and before, so that a link cannot lead in circles */
async function walk(
  folder: string,
  prefix: string,
  files: Map<string, string>,
  visited: Set<string>,
): Promise<void> {
  const real = await realpath(folder);
  if (visited.has(real)) return;
  visited.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  if (prefix !== '' && entries.some(({ name }) => name === RUN)) {
    files.set(prefix, folder);
    return;
  }
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    const name = prefix + entry.name;
    // links are followed; one that leads nowhere counts as a file, which is refused when it is read
    const target = entry.isSymbolicLink() ? await stat(full).catch(() => entry) : entry;
    if (!target.isDirectory()) files.set(name, full);
    else if (entry.name.startsWith('.')) files.set(`${name}/`, full);
    else await walk(full, `${name}/`, files, visited);
  }
}
