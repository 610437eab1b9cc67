/** A place of the host: one instance of the plugin, and its window. */

import { element } from '../shared/page.js';

const PLUGIN = new URL('../lib/wam/index.js', import.meta.url).href;

/** @typedef {import('@webaudiomodules/api').WebAudioModule} Plugin */

export class Slot {
  /** @type {HTMLElement} */
  #place;
  /** @type {Plugin | null} */
  #plugin = null;
  /** @type {Element | null} */
  #gui = null;

  /** @param {string} id of the element that holds its window */
  constructor(id) {
    this.#place = element(id, HTMLElement);
  }

  get isFilled() {
    return this.#plugin !== null;
  }

  /** What is played into it and comes out of it. */
  get node() {
    if (!this.#plugin) throw new Error('There is no plugin here');
    return this.#plugin.audioNode;
  }

  get instanceId() {
    return this.#plugin?.instanceId ?? '';
  }

  /** @param {string} group @param {AudioContext} context @param {unknown} state */
  async fill(group, context, state) {
    const { default: Module } = await import(PLUGIN);
    this.#plugin = /** @type {Plugin} */ (await Module.createInstance(group, context, state));
    this.#gui = await this.#plugin.createGui();
    this.#place.replaceChildren(this.#gui);
  }

  clear() {
    if (!this.#plugin) return;
    if (this.#gui) this.#plugin.destroyGui(this.#gui);
    this.#plugin.audioNode.destroy();
    this.#plugin = null;
    this.#gui = null;
  }
}
