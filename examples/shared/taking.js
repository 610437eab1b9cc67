/** The button that records what is played, and the takes. */

import { clock, element } from './page.js';
import { LONGEST_TAKE, Recorder } from './recorder.js';
import { Takes } from './takes.js';

/** @typedef {import('./session.js').Session} Session */

export class Taking {
  #button = element('record', HTMLButtonElement);
  #card = element('takes-card', HTMLElement);
  #list = element('takes', HTMLElement);
  #takes;
  /** @type {Session | null} */
  #session = null;
  /** @type {Recorder | null} */
  #recorder = null;
  #name = '';

  /** @param {string} place whose takes these are */
  constructor(place) {
    this.#takes = new Takes(this.#list, place);
    new MutationObserver(() => {
      this.#card.hidden = this.#list.children.length === 0;
    }).observe(this.#list, { childList: true });
  }

  /** What can be recorded; end the take that runs before. @param {Session | null} session */
  attach(session) {
    this.#session = session;
    this.#button.disabled = !session;
  }

  /** Begins a take, or ends it. @param {string} name */
  async toggle(name) {
    if (this.#recorder) await this.end();
    else if (this.#session) {
      this.#recorder = new Recorder(this.#session.limiter);
      this.#name = name;
      this.#button.ariaPressed = 'true';
    }
  }

  async end() {
    const ending = this.#recorder;
    if (!ending) return;
    this.#recorder = null;
    this.#button.ariaPressed = 'false';
    this.#button.textContent = 'Record';
    const taken = await ending.stop();
    if (taken.seconds > 0) await this.keep({ name: this.#name, ...taken });
  }

  /** @param {{ name: string, sound: ArrayBuffer, seconds: number }} take */
  keep(take) {
    return this.#takes.add(take);
  }

  /** @returns {boolean} whether a take is as long as it may be */
  draw() {
    if (!this.#recorder) return false;
    const { seconds } = this.#recorder;
    const shown = `Stop recording, ${clock(seconds)}`;
    if (this.#button.textContent !== shown) this.#button.textContent = shown;
    return seconds > LONGEST_TAKE;
  }
}
