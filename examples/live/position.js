/** Where in a file the sound is, and a slider that moves it. */

import { clock, element } from '../shared/page.js';

export class Position {
  /** @type {HTMLAudioElement | null} */
  #player = null;
  #row = element('position', HTMLElement);
  #slider = element('seek', HTMLInputElement);
  #now = element('position-now', HTMLElement);
  #end = element('position-end', HTMLElement);

  constructor() {
    this.#slider.addEventListener('input', () => {
      if (this.#player) this.#player.currentTime = this.#slider.valueAsNumber;
      this.#show(this.#slider.valueAsNumber);
    });
  }

  /** @param {HTMLAudioElement | null} player of the file that plays; null: none does */
  draw(player) {
    if (this.#player !== player) this.#row.hidden = !player;
    this.#player = player;
    if (!player || !Number.isFinite(player.duration)) return;
    if (Number(this.#slider.max) !== player.duration) {
      this.#slider.max = String(player.duration);
      this.#end.textContent = clock(player.duration);
    }
    this.#slider.valueAsNumber = player.currentTime;
    this.#show(player.currentTime);
  }

  /** @param {number} seconds */
  #show(seconds) {
    const shown = clock(seconds);
    if (this.#now.textContent !== shown) {
      this.#now.textContent = shown;
      this.#slider.setAttribute('aria-valuetext', `${shown} of ${this.#end.textContent}`);
    }
    this.#slider.style.setProperty('--at', `${(100 * seconds) / Number(this.#slider.max)}%`);
  }
}
