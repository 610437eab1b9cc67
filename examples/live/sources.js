/** What can be played through the instrument: a microphone, the sung phrase, a file. */

import { openMicrophone } from 'ddsp-worklet';

/**
 * @typedef {object} Source
 * @property {AudioNode} node
 * @property {string} warning something the user should know, or ''
 * @property {Promise<string>} ended resolves when it has ended by itself: why, or '' when that is no news
 * @property {() => void} close
 */

/** @param {AudioContext} context @returns {Promise<Source>} */
export async function microphone(context) {
  const { node, stream, unwanted, close } = await openMicrophone(context);
  const [track] = stream.getAudioTracks();
  return {
    node,
    warning:
      unwanted.length > 0
        ? `This microphone keeps some processing on (${unwanted.join(', ')}): notes may stutter.`
        : '',
    ended: new Promise((resolve) => {
      track.addEventListener('ended', () => resolve('The microphone was disconnected.'));
    }),
    close,
  };
}

/** @param {AudioContext} context @returns {Promise<Source>} */
export async function phrase(context) {
  const response = await fetch(new URL('phrase.wav', import.meta.url)).catch(() => null);
  if (!response?.ok) throw new Error('The sung phrase could not be loaded.');
  return recording(context, await response.arrayBuffer(), true);
}

/** @param {AudioContext} context @param {File} file @param {boolean} loop @returns {Promise<Source>} */
export async function file(context, file, loop) {
  try {
    return await recording(context, await file.arrayBuffer(), loop);
  } catch (cause) {
    throw new Error(`${file.name} could not be read as sound. WAV, MP3 and FLAC files work everywhere.`, {
      cause,
    });
  }
}

/** @param {AudioContext} context @param {ArrayBuffer} bytes @param {boolean} loop @returns {Promise<Source>} */
async function recording(context, bytes, loop) {
  const node = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes), loop });
  node.start();
  return {
    node,
    warning: '',
    ended: new Promise((resolve) => {
      node.addEventListener('ended', () => resolve(''));
    }),
    close() {
      node.stop();
      node.disconnect();
    },
  };
}
