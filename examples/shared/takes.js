/** A list of takes: each is listened to, downloaded, dropped, or taken further by the page. Kept over a reload. */

import { clock, download, fileName, say, sayError } from './page.js';
import { Shelf } from './storage.js';

/** @typedef {import('./storage.js').TakeRecord} Take */
/** @typedef {{ label: string, act: (take: Take) => Promise<void> | void }} Action */

export class Takes {
  /** @type {Shelf<Take>} */
  #shelf = new Shelf('takes');

  /**
   * @param {HTMLElement} list
   * @param {string} place whose takes these are
   * @param {Action[]} [actions] what else can be done with a take
   */
  constructor(list, place, actions = []) {
    this.list = list;
    this.place = place;
    this.actions = actions;
    this.#shelf
      .list()
      .then((takes) => {
        for (const take of takes) if (take.place === place) this.list.append(this.#item(take));
      })
      .catch(sayError);
  }

  /** @param {{ name: string, sound: ArrayBuffer, seconds: number }} take */
  async add({ name, sound, seconds }) {
    const take = {
      id: `${Date.now()}-${Math.random()}`,
      place: this.place,
      name,
      sound,
      seconds,
      added: Date.now(),
    };
    this.list.prepend(this.#item(take));
    if (!(await this.#shelf.put(take))) {
      say(
        'This browser has no room for the take, or keeps nothing for this page: download it before you leave.',
        'info',
      );
    }
  }

  /** @param {Take} take */
  async drop({ id }) {
    const item = this.list.querySelector(`[data-take="${id}"]`);
    const sound = item?.querySelector('audio');
    if (sound) URL.revokeObjectURL(sound.src);
    item?.remove();
    await this.#shelf.remove(id);
  }

  /** @param {Take} take */
  #item(take) {
    const item = document.createElement('li');
    item.dataset.take = take.id;
    item.innerHTML =
      '<p><strong dir="auto"></strong> <span class="hint"></span></p><audio controls preload="metadata"></audio><div class="row"></div>';
    const [name, length] = item.querySelectorAll('p > *');
    name.textContent = take.name;
    length.textContent = clock(take.seconds);
    const sound = /** @type {HTMLAudioElement} */ (item.querySelector('audio'));
    const file = new Blob([take.sound], { type: 'audio/wav' });
    sound.src = URL.createObjectURL(file);
    sound.ariaLabel = take.name;
    /** @type {Action[]} */
    const actions = [
      ...this.actions,
      { label: 'Download', act: () => download(file, fileName(take.name, 'wav')) },
      { label: 'Drop', act: () => this.drop(take) },
    ];
    item.querySelector('.row')?.append(
      ...actions.map(({ label, act }) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'plain';
        button.textContent = label;
        button.ariaLabel = `${label}: ${take.name}`;
        button.addEventListener('click', () => Promise.resolve(act(take)).catch(sayError));
        return button;
      }),
    );
    return item;
  }
}
