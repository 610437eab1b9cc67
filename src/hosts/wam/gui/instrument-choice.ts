/** Which instrument plays in a place of the plugin: one that comes with it, a file, or none where that may be. */

import { messageOf } from '../../../errors';
import { BUNDLED, type OwnModel, ownModel, type PluginModel } from '../instruments';

/** A place for an instrument. */
export interface Place {
  readonly label: string;
  /** whether it may be empty */
  readonly optional: boolean;
  get(): PluginModel | null;
  set(model: PluginModel | null): Promise<void>;
}

const NONE = 'None';

export class InstrumentChoice {
  readonly element = document.createElement('label');
  readonly #place: Place;
  readonly #say: (text: string) => void;
  readonly #select = document.createElement('select');
  /** in the order of the list */
  #choices: readonly (PluginModel | null)[] = [];
  /** the file that was opened last: it can be chosen again */
  #own: OwnModel | null = null;
  /** what the list shows; undefined: nothing yet */
  #shown: PluginModel | null | undefined;

  /** @param say shows what happens to the player */
  constructor(place: Place, say: (text: string) => void) {
    this.#place = place;
    this.#say = say;
    this.element.append(`${place.label} `, this.#select);
    this.#select.addEventListener('change', () => this.#choose(this.#choices[this.#select.selectedIndex]));
    this.refresh();
  }

  async open(file: File): Promise<void> {
    await this.#choose(await ownModel(file));
  }

  /** A host may have set another state. */
  refresh(): void {
    const model = this.#place.get();
    if (model === this.#shown) return;
    this.#shown = model;
    if (model !== null && typeof model !== 'string') this.#own = model;
    this.#choices = [...(this.#place.optional ? [null] : []), ...BUNDLED, ...(this.#own ? [this.#own] : [])];
    this.#select.replaceChildren(...this.#choices.map((choice) => new Option(title(choice))));
    this.#select.selectedIndex = this.#choices.indexOf(model);
  }

  async #choose(model: PluginModel | null): Promise<void> {
    this.#say('Loading …');
    try {
      await this.#place.set(model);
      this.#say('');
    } catch (error) {
      this.#say(messageOf(error));
    }
    // back to what plays where the other cannot
    this.#shown = undefined;
    this.refresh();
  }
}

function title(model: PluginModel | null): string {
  if (model === null) return NONE;
  return typeof model === 'string' ? model[0].toUpperCase() + model.slice(1) : model.name;
}
