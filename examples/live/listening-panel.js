/** How the input is listened to, as lists, and what was decided: the gate, and the mains hum that was found. */

import { element } from '../shared/page.js';

/** @typedef {import('ddsp-worklet').AnalysisFrame} AnalysisFrame */
/** @typedef {NonNullable<import('ddsp-worklet').DDSPNodeOptions['listening']>} ListeningOptions */

const IDS = ['gate', 'hold', 'pitchMin', 'pitchMax', 'filter'];

export class ListeningPanel {
  #lists = IDS.map((id) => element(id, HTMLSelectElement));
  #heard = element('heard-now', HTMLElement);
  #opensAt = element('opens-at', HTMLElement);
  #hum = element('hum-now', HTMLElement);
  /** what sounds now, to go back to */
  #sounding = this.#values;

  /** @param {() => void} changed */
  constructor(changed) {
    for (const list of this.#lists) list.addEventListener('change', changed);
  }

  /** Their ids are the names of the options. */
  get controls() {
    return this.#lists;
  }

  /** Those that are not as they come. @returns {[string, string][]} */
  get changed() {
    return this.#lists
      .filter((list) => list.selectedIndex !== defaultIndex(list))
      .map(({ id, value }) => [id, value]);
  }

  /** As `DDSPNode.create` and `renderOffline` take them. @returns {ListeningOptions} */
  get options() {
    const chosen = this.#lists
      .filter(({ value }) => value !== 'model')
      .map(({ id, value }) => [id, setting(value)]);
    return Object.fromEntries(chosen);
  }

  get #values() {
    return this.#lists.map(({ value }) => value);
  }

  /** The options as they are now sound. */
  keep() {
    this.#sounding = this.#values;
  }

  /** Goes back to the options that sound. */
  revert() {
    this.#set(this.#sounding);
  }

  reset() {
    this.#set(this.#lists.map((list) => list.options[defaultIndex(list)].value));
    this.#lists[0].dispatchEvent(new Event('change'));
  }

  /** @param {AnalysisFrame | null} frame */
  show(frame) {
    const heard = frame ? (frame.note ? 'Open, a note' : 'Closed') : '–';
    const opensAt = frame ? `${String(Math.round(frame.gate)).replace('-', '−')} dB` : '–';
    const hum = frame ? (frame.hum ? `${frame.hum} Hz, removed` : 'none') : '–';
    for (const [place, text] of /** @type {const} */ ([
      [this.#heard, heard],
      [this.#opensAt, opensAt],
      [this.#hum, hum],
    ]))
      if (place.textContent !== text) place.textContent = text;
  }

  /** @param {readonly string[]} values */
  #set(values) {
    this.#lists.forEach((list, i) => {
      list.value = values[i];
      list.dispatchEvent(new Event('input'));
    });
  }
}

/** @param {HTMLSelectElement} list */
function defaultIndex(list) {
  return Math.max(
    [...list.options].findIndex((option) => option.defaultSelected),
    0,
  );
}

/** @param {string} value */
function setting(value) {
  return value === 'auto' || value === 'off' ? value : Number(value);
}
