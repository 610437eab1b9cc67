/** Files and folders that are picked or dropped. */

import { quoted } from '../shared/page.js';

const AUDIO = /\.(wave?|flac|mp3|og[ga]|opus|aiff?|m4a|mp4|aac|wma|webm|caf)$/i;

/**
 * Which files may be audio, by their names or types, in the order of their paths, and which are something else.
 * Hidden files are neither.
 * @param {Iterable<File>} files
 */
export function sortFiles(files) {
  const shown = [...files]
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => pathOf(a).localeCompare(pathOf(b), 'en', { numeric: true }));
  const isAudio = (/** @type {File} */ { name, type }) => AUDIO.test(name) || type.startsWith('audio/');
  return { audio: shown.filter(isAudio), others: shown.filter((file) => !isAudio(file)) };
}

/** @param {readonly File[]} files at least one */
export function saysIgnored(files) {
  const [first] = files;
  const what =
    files.length === 1
      ? `${quoted(first.name)} is no sound and was`
      : `${files.length} files are no sound (such as ${quoted(first.name)}) and were`;
  return `${what} ignored.`;
}

/** @param {File} file */
function pathOf(file) {
  return file.webkitRelativePath || file.name;
}

/** All files that were dropped, those in folders too. @param {DataTransfer} transfer @returns {Promise<File[]>} */
export async function droppedFiles(transfer) {
  // both must be taken before the event is over
  const items = [...transfer.items].map((item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const files = await Promise.all(
    items.map(({ entry, file }) => (entry?.isDirectory ? filesOf(entry) : file ? [file] : [])),
  );
  return files.flat();
}

/** @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function filesOf(entry) {
  if (entry.isFile) {
    const { file } = /** @type {FileSystemFileEntry} */ (entry);
    return [await new Promise((resolve, reject) => file.call(entry, resolve, reject))];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const files = [];
  // a reader gives a hundred at a time
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    files.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}

/**
 * What an instrument is called until its owner says otherwise: the folder of its recordings, or the file.
 * @param {readonly File[]} files
 */
export function nameFor(files) {
  const [first] = files;
  const [folder, ...rest] = first.webkitRelativePath.split('/');
  const name = rest.length > 0 ? folder : first.name.replace(/\.[^.]*$/, '');
  const words = name.replace(/[_-]+/g, ' ').trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, 60) || 'My instrument';
}
