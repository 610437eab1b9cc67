/** The choice of an instrument, what it is, and what can be done with its file. */

import { InstrumentChoice } from '../shared/instrument-choice.js';
import { forgetInstrument, keepInstrument, linkedInstrument } from '../shared/instruments.js';
import { download, element, fileName } from '../shared/page.js';

export class InstrumentList {
  #list = element('model', HTMLSelectElement);
  #choice = new InstrumentChoice(this.#list);
  #about = element('about', HTMLElement);
  #forget = element('forget', HTMLButtonElement);

  /** @param {() => void} changed what to do when the user chooses another */
  constructor(changed) {
    this.#list.addEventListener('change', () => {
      this.#showActions();
      changed();
    });
    element('model-download', HTMLButtonElement).addEventListener('click', async () => {
      const { name, load } = this.chosen;
      download(new Blob([await load()]), fileName(name, 'safetensors'));
    });
  }

  get chosen() {
    return this.#choice.chosen;
  }

  /**
   * Lists what there is.
   * @param {string} [id] of the one to choose; default: the one that was
   */
  async refresh(id) {
    await this.#choice.refresh(id);
    this.#showActions();
  }

  /** @param {string} id */
  choose(id) {
    this.#choice.choose(id);
    this.#showActions();
  }

  /** Keeps a model file and chooses it. @param {File} file @param {File} [config] that belongs to it */
  async open(file, config) {
    const { id } = await keepInstrument(await file.arrayBuffer(), { name: file.name, config });
    await this.refresh(id);
  }

  /** Chooses what an address names by `?model=`. @param {string} link */
  async follow(link) {
    const { id } = await linkedInstrument(link);
    await this.refresh(id);
  }

  /** Removes an instrument of the user's own from this browser. @param {string} id */
  async forget(id) {
    await forgetInstrument(id);
    await this.refresh();
  }

  /** Shows what a model says of itself. @param {Pick<import('ddsp-worklet').ModelInfo, 'about'>} model */
  describe(model) {
    const { name, description, authors = [], licence, credits = [] } = model.about;
    const parts = [description ?? name, authors.join(', '), licence, ...credits];
    this.#about.textContent = parts.filter(Boolean).join(' · ');
  }

  #showActions() {
    this.#forget.hidden = !this.chosen?.own;
    element('shared', HTMLElement).hidden = true;
  }
}
