/**
 * Finds the clips among files that `ddsp export` or the quality bench wrote: `1-violin-original.wav` is a recording,
 * and `1-violin-reconstruction.wav`, `1-violin-direct-fit.wav` are versions of it.
 */

/** @typedef {{ path: string, read: () => Promise<ArrayBuffer> }} SoundFile `path` with slashes, its folders included */
/** @typedef {{ title: string, versions: Map<string, SoundFile> }} Clip versions by what made them; the recording among them */

export const RECORDING = 'recording';

const ORIGINAL = /^(.*)-original\.\w+$/;

/**
 * Versions that several folders have are told apart by the folders' names.
 * @param {readonly SoundFile[]} files
 * @returns {Clip[]} those with a recording and at least one version of it
 */
export function findClips(files) {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const folders = new Set(
    sorted.filter(({ path }) => !ORIGINAL.test(nameOf(path))).map(({ path }) => folderOf(path)),
  );
  /** @type {Map<string, Clip>} */
  const clips = new Map();
  for (const file of sorted) {
    const [, title] = ORIGINAL.exec(nameOf(file.path)) ?? [];
    if (title && !clips.has(title)) clips.set(title, { title, versions: new Map([[RECORDING, file]]) });
  }
  for (const file of sorted) {
    const name = nameOf(file.path);
    if (ORIGINAL.test(name)) continue;
    const clip = [...clips.values()].find(({ title }) => name.startsWith(`${title}-`));
    if (!clip) continue;
    const maker = name
      .slice(clip.title.length + 1)
      .replace(/\.\w+$/, '')
      .replaceAll('-', ' ');
    clip.versions.set(folders.size > 1 ? `${maker} (${folderOf(file.path)})` : maker, file);
  }
  return [...clips.values()].filter(({ versions }) => versions.size > 1);
}

/** @param {string} path */
function nameOf(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @param {string} path */
function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
