/** Records what a node plays, sample by sample. The context needs shared/processors.js: see `loadProcessors`. */

import { writeWav } from 'ddsp-worklet';

/** A take may be as long as this, seconds: it is in memory until it ends. */
export const LONGEST_TAKE = 600;
/** Milliseconds to wait for the last samples of a context that may have stopped. */
const PATIENCE_MS = 1000;

export class Recorder {
  /** @type {Float32Array[]} */
  #blocks = [];
  #samples = 0;
  /** @type {() => void} */
  #ended = () => {};

  /** @param {AudioNode} node what is recorded, its channels averaged */
  constructor(node) {
    this.node = node;
    this.recorder = new AudioWorkletNode(node.context, 'recorder', {
      ...{ numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' },
    });
    this.recorder.port.onmessage = ({ data: { block, last } }) => {
      this.#blocks.push(block);
      this.#samples += block.length;
      if (last) this.#ended();
    };
    node.connect(this.recorder);
  }

  get seconds() {
    return this.#samples / this.node.context.sampleRate;
  }

  /** @returns {Promise<{ sound: ArrayBuffer, seconds: number }>} a WAV file */
  async stop() {
    const ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
      this.#ended = resolve;
      setTimeout(resolve, PATIENCE_MS);
    });
    this.recorder.port.postMessage('stop');
    await ended;
    this.node.disconnect(this.recorder);
    this.recorder.port.close();
    const samples = new Float32Array(this.#samples);
    let at = 0;
    for (const block of this.#blocks) {
      samples.set(block, at);
      at += block.length;
    }
    return { sound: writeWav(samples, this.node.context.sampleRate).buffer, seconds: this.seconds };
  }
}
