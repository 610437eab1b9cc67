/** Finds the recordings in a folder. Node only. */

import { isUtf8 } from 'node:buffer';
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

/**
 * What people call audio. What a file really is shows when it is decoded; audio that is not read is refused there,
 * by the name of its format.
 */
const AUDIO = new RegExp(
  `\\.(${[
    ...['wave?', 'bwf', 'rf64', 'bw64', 'aiff?', 'aifc', 'flac', 'mp3', 'og[ga]', 'opus'],
    ...[
      'm4[abr]',
      'mp4',
      'aac',
      '3gp',
      '3g2',
      'webm',
      'mk[av]',
      'mov',
      'caf',
      'w64',
      'au',
      'snd',
      'wv',
      'wma',
    ],
    ...['ape', 'amr', 'ac3', 'dsf', 'dff', 'mpc', 'tta', 'mp2', 'mpga', 'spx', 'ra', 'sd2', 'voc', 'alac'],
  ].join('|')})$`,
  'i',
);

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
type Found = Map<string, { readonly path: FilePath; readonly isAudio: boolean }>;

/** As bytes where it is no UTF-8: Linux takes any bytes for a name, old archives bring Latin-1. */
type FilePath = string | Buffer;

/** @returns the name as text, and the path of the file */
function decodeName(bytes: Buffer, folder: FilePath): { name: string; full: FilePath } {
  const name = isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
  if (typeof folder === 'string' && isUtf8(bytes)) return { name, full: path.join(folder, name) };
  return { name, full: Buffer.concat([Buffer.from(folder), Buffer.from(path.sep), bytes]) };
}

/** Two names can be read alike. */
function freeName(name: string, files: Found): string {
  let free = name;
  for (let n = 2; files.has(free); n++) free = `${name} (${n})`;
  return free;
}

/** @param visited real paths of visited folders, so that links cannot form a cycle */
async function walk(folder: FilePath, prefix: string, files: Found, visited: Set<string>): Promise<void> {
  const real = await realpath(folder, { encoding: 'hex' });
  if (visited.has(real)) return;
  visited.add(real);
  const entries = (await readdir(folder, { encoding: 'buffer', withFileTypes: true })).map((entry) => ({
    entry,
    ...decodeName(entry.name, folder),
  }));
  const own = ownOutput(
    entries.map(({ name }) => name),
    prefix === '',
  );
  if (own === 'all') {
    files.set(prefix, { path: folder, isAudio: false });
    return;
  }
  for (const { entry, name: part, full } of entries) {
    const name = prefix + part;
    // links are followed; a broken link counts as a file, which is refused when it is read
    const target = entry.isSymbolicLink() ? await stat(full).catch(() => entry) : entry;
    const skipped = part.startsWith('.') || own(part);
    if (!target.isDirectory())
      files.set(freeName(name, files), { path: full, isAudio: !skipped && AUDIO.test(name) });
    else if (skipped) files.set(`${name}/`, { path: full, isAudio: false });
    else await walk(full, `${name}/`, files, visited);
  }
}

/**
 * Skips the output of runs and exports, which are not recordings.
 * @param names of all files and subfolders of a folder
 * @param outermost the folder is the one that the user named; it may contain a run besides its recordings
 * @returns which of them to skip
 */
function ownOutput(names: readonly string[], outermost: boolean): 'all' | ((name: string) => boolean) {
  const isRun = names.includes(RUN_FILES.run);
  if (isRun && !outermost) return 'all';
  const isExport = names.includes(EXPORT_FILES.model) && names.includes(EXPORT_FILES.card);
  const folders: readonly string[] = isRun ? [...Object.values(RUN_FOLDERS), EXPORT_FILES.folder] : [];
  return (name) => folders.includes(name) || (isExport && EXPORT_FILES.sample.test(name));
}
