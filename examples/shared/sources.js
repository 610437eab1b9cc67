/** What can be played through the instrument: a microphone, the sung phrase, a file. */

import { openMicrophone } from 'ddsp-worklet';
import { quoted } from './page.js';

/**
 * @typedef {object} Source
 * @property {AudioNode} node
 * @property {string} warning something the user should know, or ''
 * @property {Promise<string>} ended resolves when it has ended by itself: why, or '' when that is no news
 * @property {HTMLAudioElement | null} player of a file: its position, its length, whether it is repeated
 * @property {() => void} close
 */

/** The sound of the page itself: sung, 6 s. */
const PHRASE = new URL('phrase.mp3', import.meta.url);

/** @param {AudioContext} context @param {string} [deviceId] default: the system's @returns {Promise<Source>} */
export async function microphone(context, deviceId) {
  const { node, stream, unwanted, close } = await openMicrophone(context, deviceId);
  const [track] = stream.getAudioTracks();
  return {
    node,
    warning:
      unwanted.length > 0
        ? `This microphone keeps some processing on (${unwanted.join(', ')}): notes may stutter.`
        : '',
    ended: new Promise((resolve) => {
      track.addEventListener('ended', () =>
        resolve('The microphone was disconnected. Connect it again, or choose another, and start.'),
      );
    }),
    player: null,
    close,
  };
}

/** @param {AudioContext} context @returns {Promise<Source>} */
export async function phrase(context) {
  const response = await fetch(PHRASE).catch(() => null);
  if (!response?.ok) throw new Error('The sung phrase could not be loaded.');
  const buffer = await context.decodeAudioData(await response.arrayBuffer());
  const node = new AudioBufferSourceNode(context, { buffer, loop: true });
  node.start();
  return {
    node,
    warning: '',
    ended: new Promise((resolve) => {
      node.addEventListener('ended', () => resolve(''));
    }),
    player: null,
    close() {
      node.stop();
      node.disconnect();
    },
  };
}

/**
 * A file is read while it plays: a long one starts at once, and can be moved about in.
 * @param {AudioContext} context @param {File} file @param {boolean} loop @returns {Promise<Source>}
 */
export async function file(context, file, loop) {
  const { player, release } = await open(file);
  const node = new MediaElementAudioSourceNode(context, { mediaElement: player });
  player.loop = loop;
  player.play().catch(() => {});
  return {
    node,
    warning: '',
    ended: new Promise((resolve) => {
      player.addEventListener('ended', () => resolve(''));
      player.addEventListener('error', () => resolve(unreadable(file, 'to its end').message));
    }),
    player,
    close() {
      node.disconnect();
      release();
    },
  };
}

/** @param {File} file @throws (rejects) in the user's words when this browser cannot play it */
export async function check(file) {
  (await open(file)).release();
}

/** @param {File} file @returns {Promise<{ player: HTMLAudioElement, release: () => void }>} */
async function open(file) {
  const player = new Audio();
  const address = URL.createObjectURL(file);
  const release = () => {
    player.pause();
    player.removeAttribute('src');
    URL.revokeObjectURL(address);
  };
  try {
    await new Promise((resolve, reject) => {
      player.addEventListener('loadedmetadata', resolve, { once: true });
      player.addEventListener('error', () => reject(player.error), { once: true });
      player.preload = 'auto';
      player.src = address;
    });
    return { player, release };
  } catch (cause) {
    release();
    throw unreadable(file, 'as sound', cause);
  }
}

/** @param {File} file @param {string} how @param {unknown} [cause] */
function unreadable({ name }, how, cause) {
  return new Error(
    `${quoted(name)} could not be read ${how}. Drop a recording (WAV, MP3 and FLAC work everywhere) or an instrument (.safetensors).`,
    { cause },
  );
}
