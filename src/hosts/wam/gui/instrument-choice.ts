/** Which instrument plays: one that comes with the plugin, or a file that is chosen or dropped. */

import { messageOf } from '../../../errors';
import { BUNDLED, type OwnModel, ownModel, type PluginModel } from '../instruments';
import type { DDSPWamNode } from '../wam-node';

export class InstrumentChoice {
  readonly element = document.createElement('div');
  readonly #node: DDSPWamNode;
  readonly #say: (text: string) => void;
  readonly #select = document.createElement('select');
  /** the file that was opened last: it can be chosen again */
  #own: OwnModel | null = null;
  /** what the list shows */
  #shown: PluginModel | null = null;

  /** @param say shows what happens to the player */
  constructor(node: DDSPWamNode, say: (text: string) => void) {
    this.#node = node;
    this.#say = say;
    this.element.className = 'choice';
    const label = document.createElement('label');
    label.append('Instrument ', this.#select);
    const open = document.createElement('label');
    open.className = 'open';
    const file = Object.assign(document.createElement('input'), { type: 'file', accept: '.safetensors' });
    open.append(file, 'Open or drop a model');
    this.element.append(label, open);
    this.#select.addEventListener('change', () => {
      const bundled = BUNDLED[this.#select.selectedIndex];
      this.#choose(bundled ?? this.#own ?? BUNDLED[0]);
    });
    file.addEventListener('change', () => {
      if (file.files?.[0]) this.open(file.files[0]);
      file.value = '';
    });
    this.refresh();
  }

  async open(file: File): Promise<void> {
    await this.#choose(await ownModel(file));
  }

  /** A host may have set another state. */
  refresh(): void {
    const { model } = this.#node;
    if (model === this.#shown) return;
    this.#shown = model;
    if (typeof model !== 'string') this.#own = model;
    const names = [...BUNDLED.map(capital), ...(this.#own ? [this.#own.name] : [])];
    this.#select.replaceChildren(...names.map((name) => new Option(name)));
    const at = (BUNDLED as readonly unknown[]).indexOf(model);
    this.#select.selectedIndex = at < 0 ? names.length - 1 : at;
  }

  async #choose(model: PluginModel): Promise<void> {
    this.#say('Loading …');
    try {
      await this.#node.setModel(model);
      this.#say('');
    } catch (error) {
      this.#say(messageOf(error));
    }
    // back to what plays where the other cannot
    this.#shown = null;
    this.refresh();
  }
}

function capital(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
