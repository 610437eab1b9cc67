/** Models of other programs become instruments. What reads them is loaded when such a file is opened. */

import { writeModel } from 'ddsp-worklet';
import { quoted } from './page.js';

/** Of realtimeDDSP and ddsp_pytorch. */
const FOREIGN = /\.(ckpt|nm|ts|pth)$/i;
/** What ddsp_pytorch writes beside `state.pth`. */
const CONFIGURATION = /\.ya?ml$/i;

/** @param {string} name of a file */
export function isForeign(name) {
  return FOREIGN.test(name);
}

/**
 * Files that were chosen together, each with the configuration that belongs to it.
 * @param {readonly File[]} files
 * @returns {{ file: File, config?: File }[]}
 */
export function paired(files) {
  const config = files.find(({ name }) => CONFIGURATION.test(name));
  if (!config || !files.some(({ name }) => isForeign(name))) return files.map((file) => ({ file }));
  return files.filter((file) => file !== config).map((file) => ({ file, config }));
}

/**
 * @param {ArrayBuffer} file @param {string} name of the file @param {File} [config]
 * @returns {Promise<ArrayBuffer>} a model file of this library, which says where it came from
 * @throws an Error in the user's words
 */
export async function converted(file, name, config) {
  const { importModel } = await import('ddsp-worklet/import');
  try {
    const model = await importModel(file, { fileName: name, config: await config?.text() });
    return writeModel(model, { float16: false }).buffer;
  } catch (cause) {
    throw new Error(`${quoted(name)} cannot be opened: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
