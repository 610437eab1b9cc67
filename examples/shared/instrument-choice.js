/** A list to choose an instrument from. */

import { listInstruments } from './instruments.js';

/** @typedef {import('./instruments.js').Instrument} Instrument */

export class InstrumentChoice {
  /** @type {Instrument[]} */
  #instruments = [];
  #fixed;

  /** @param {HTMLSelectElement} list options that it has stay at its head, and choose no instrument */
  constructor(list) {
    this.list = list;
    this.#fixed = [...list.options];
  }

  /** @returns {Instrument} the first of all where the list has no choice */
  get chosen() {
    return this.#instruments[Math.max(0, this.list.selectedIndex - this.#fixed.length)];
  }

  /**
   * Lists what there is.
   * @param {string} [id] of the one to choose; default: the one that was
   */
  async refresh(id = this.list.value) {
    this.#instruments = await listInstruments();
    const groups = [
      group(
        'With this page',
        this.#instruments.filter(({ own }) => !own),
      ),
      group(
        'Your instruments',
        this.#instruments.filter(({ own }) => own),
      ),
    ];
    this.list.replaceChildren(...this.#fixed, ...groups.filter(({ children }) => children.length > 0));
    if ([...this.list.options].some(({ value }) => value === id)) this.choose(id);
  }

  /** @param {string} id */
  choose(id) {
    this.list.value = id;
  }
}

/** @param {string} label @param {Instrument[]} instruments */
function group(label, instruments) {
  const element = document.createElement('optgroup');
  element.label = label;
  element.append(
    ...instruments.map(({ id, name }) => {
      const option = new Option(name, id);
      option.dir = 'auto';
      return option;
    }),
  );
  return element;
}
