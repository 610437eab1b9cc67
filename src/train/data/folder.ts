/** Recordings in a folder. Node only. */

import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EXPORT_FILES, RUN_FILES, RUN_FOLDERS } from '../run/store';
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
  const files: Found = new Map();
  try {
    if ((await stat(folder)).isFile()) {
      const name = path.basename(folder);
      files.set(name, { path: folder, isAudio: AUDIO.test(name) && !name.startsWith('.') });
    } else await walk(folder, '', files, new Set());
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such folder' : message;
    throw new DatasetError(`${folder}: ${reason}`, { cause });
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sources: sorted.flatMap(([name, { path, isAudio }]) => (isAudio ? [{ name, content: { path } }] : [])),
    ignored: sorted.flatMap(([name, { isAudio }]) => (isAudio ? [] : [name])),
  };
}

/** Files by their names, and folders that are skipped, which end in a slash. */
type Found = Map<string, { readonly path: string; readonly isAudio: boolean }>;

/** @param visited real paths of the folders above and before, so that a link cannot lead in circles */
async function walk(folder: string, prefix: string, files: Found, visited: Set<string>): Promise<void> {
  const real = await realpath(folder);
  if (visited.has(real)) return;
  visited.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  const own = ownOutput(
    entries.map((entry) => entry.name),
    prefix === '',
  );
  if (own === 'all') {
    files.set(prefix, { path: folder, isAudio: false });
    return;
  }
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    const name = prefix + entry.name;
    // links are followed; a broken link counts as a file, which is refused when it is read
    const target = entry.isSymbolicLink() ? await stat(full).catch(() => entry) : entry;
    const skipped = entry.name.startsWith('.') || own(entry.name);
    if (!target.isDirectory()) files.set(name, { path: full, isAudio: !skipped && AUDIO.test(name) });
    else if (skipped) files.set(`${name}/`, { path: full, isAudio: false });
    else await walk(full, `${name}/`, files, visited);
  }
}

/**
 * What runs and exports wrote was made from recordings, and is none.
 * @param names of all files and folders in a folder
 * @param outermost the folder is the one that was asked for: beside its recordings it may hold a run
 * @returns which of them to skip
 */
function ownOutput(names: readonly string[], outermost: boolean): 'all' | ((name: string) => boolean) {
  const isRun = names.includes(RUN_FILES.run);
  if (isRun && !outermost) return 'all';
  const isExport = names.includes(EXPORT_FILES.model) && names.includes(EXPORT_FILES.card);
  const folders: readonly string[] = isRun ? [...Object.values(RUN_FOLDERS), EXPORT_FILES.folder] : [];
  return (name) => folders.includes(name) || (isExport && EXPORT_FILES.sample.test(name));
}
