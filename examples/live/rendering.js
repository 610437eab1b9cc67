/** Plays a whole file into a new one, faster than it lasts, with progress and a way out. */

import { element, quoted } from '../shared/page.js';

/** @typedef {{ played: Float32Array, sampleRate: number }} Rendered */

/** The rate that the engine and every player take. */
const SAMPLE_RATE = 48_000;

export class Rendering {
  #button = element('render', HTMLButtonElement);
  #cancel = element('render-cancel', HTMLButtonElement);
  #box = element('rendering', HTMLElement);
  #status = element('render-status', HTMLElement);
  #progress = element('render-progress', HTMLProgressElement);
  /** @type {AbortController | null} */
  #running = null;

  /** @param {() => Promise<void>} start calls `run` */
  constructor(start) {
    this.#button.addEventListener('click', start);
    this.#cancel.addEventListener('click', () => this.#running?.abort());
  }

  /** @param {boolean} possible whether there is a file */
  offer(possible) {
    this.#button.disabled = !possible || this.#running !== null;
  }

  /**
   * @param {File} file @param {ArrayBuffer} model
   * @param {Omit<import('ddsp-worklet').RenderOptions, 'sampleRate' | 'signal' | 'onProgress'>} options
   * @returns {Promise<Rendered | null>} null: it was cancelled
   */
  async run(file, model, options) {
    const running = new AbortController();
    this.#running = running;
    this.#show(`Reading ${quoted(file.name)} …`, null);
    this.#button.disabled = true;
    this.#cancel.hidden = this.#box.hidden = false;
    try {
      const audio = await Promise.race([readMono(file), cancelled(running.signal)]);
      if (!audio) return null;
      const played = await this.#play(audio, model, options, running.signal);
      return played && { played, sampleRate: SAMPLE_RATE };
    } finally {
      this.#running = null;
      this.#button.disabled = false;
      this.#cancel.hidden = this.#box.hidden = true;
    }
  }

  /**
   * @param {Float32Array} audio @param {ArrayBuffer} model @param {object} options @param {AbortSignal} signal
   * @returns {Promise<Float32Array | null>}
   */
  async #play(audio, model, options, signal) {
    const worker = new Worker(new URL('render-worker.js', import.meta.url), { type: 'module' });
    try {
      const done = new Promise((/** @type {(played: Float32Array) => void} */ resolve, reject) => {
        worker.onerror = () =>
          reject(new Error('The worker that plays the file could not start. Reload the page.'));
        worker.onmessage = ({ data: { share, played, error } }) => {
          if (error) reject(new Error(error));
          else if (played) resolve(played);
          else this.#show(`Playing it: ${Math.round(100 * share)}%`, share);
        };
      });
      this.#show('Playing it …', 0);
      worker.postMessage({ model, audio, options: { ...options, sampleRate: SAMPLE_RATE } }, [audio.buffer]);
      return await Promise.race([done, cancelled(signal)]);
    } finally {
      worker.terminate();
    }
  }

  /** @param {string} text @param {number | null} share null: not known */
  #show(text, share) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    if (share === null) this.#progress.removeAttribute('value');
    else this.#progress.value = share;
  }
}

/** @param {AbortSignal} signal @returns {Promise<null>} */
function cancelled(signal) {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}

/** @param {File} file @returns {Promise<Float32Array>} the mean of its channels at SAMPLE_RATE */
async function readMono(file) {
  const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  const buffer = await file
    .arrayBuffer()
    .then((bytes) => decoder.decodeAudioData(bytes))
    .catch((cause) => {
      throw new Error(`${quoted(file.name)} could not be read as sound, or is too long for this device.`, {
        cause,
      });
    });
  const mono = buffer.getChannelData(0);
  for (let channel = 1; channel < buffer.numberOfChannels; channel++) {
    const other = buffer.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i] += other[i];
  }
  for (let i = 0; buffer.numberOfChannels > 1 && i < mono.length; i++) mono[i] /= buffer.numberOfChannels;
  // a copy of its own, which can be handed over to a worker
  return mono.slice();
}
