/** The choice of what is played: the phrase, a microphone, or a file. */

import { element } from '../shared/page.js';
import * as sources from '../shared/sources.js';

/** @typedef {'phrase' | 'microphone' | 'file'} SourceKind */

export class Input {
  #form = element('source-form', HTMLFormElement);
  #fileName = element('file-name', HTMLElement);
  #loop = element('loop', HTMLInputElement);
  /** @type {File | null} */
  file = null;

  /** @param {import('../shared/devices.js').Devices} devices @param {() => void} changed */
  constructor(devices, changed) {
    this.devices = devices;
    this.#form.addEventListener('change', () => {
      this.choose(this.chosen);
      changed();
    });
  }

  /** @returns {SourceKind} */
  get chosen() {
    return /** @type {SourceKind} */ (new FormData(this.#form).get('source'));
  }

  /** @param {SourceKind} kind */
  choose(kind) {
    const choice = this.#form.querySelector(`input[value="${kind}"]`);
    if (choice instanceof HTMLInputElement) choice.checked = true;
    for (const part of document.querySelectorAll('[data-for]')) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.for !== kind;
    }
  }

  /** Takes a file, if it can be played, and chooses it. @param {File} file */
  async add(file) {
    await sources.check(file);
    this.file = file;
    this.#fileName.textContent = file.name;
    this.choose('file');
  }

  /** @param {AudioContext} context @returns {Promise<sources.Source>} */
  async open(context) {
    switch (this.chosen) {
      case 'microphone': {
        const opened = await sources.microphone(context, this.devices.input);
        // devices may have names only now
        this.devices.refresh();
        return opened;
      }
      case 'file':
        if (!this.file) throw new Error('Choose a recording first, or drop one onto the page.');
        return sources.file(context, this.file, this.#loop.checked);
      default:
        return sources.phrase(context);
    }
  }
}
