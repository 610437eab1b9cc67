/** The plugin's window: an element that keeps its style to itself and fits any width from 280 pixels up. */

import { CONTROL_NAMES } from '../../../controls';
import { messageOf } from '../../../errors';
import { VERSION } from '../../../version';
import type { DDSPWamNode } from '../wam-node';
import { InstrumentChoice } from './instrument-choice';
import { Knob } from './knob';
import { PitchDisplay } from './pitch-display';
import { STYLE } from './style';

/** Two releases of the plugin may be on one page. */
const TAG = `ddsp-wam-${VERSION.replace(/[^a-z\d]+/gi, '-')}`;
/** `morph` leads to a second model, and the plugin has one. */
const DIALS = CONTROL_NAMES.filter((name) => name !== 'morph');
/** between two looks at what hosts have moved */
const REFRESH_MS = 100;

export function createElement(node: DDSPWamNode): HTMLElement {
  const Gui = customElements.get(TAG) ?? define();
  const element = new Gui() as HTMLElement & { show(node: DDSPWamNode): void };
  element.show(node);
  return element;
}

function define(): CustomElementConstructor {
  class Gui extends HTMLElement {
    #node: DDSPWamNode | null = null;
    #parts: readonly { refresh(): void }[] = [];
    #display: PitchDisplay | null = null;
    #timer: ReturnType<typeof setInterval> | undefined;

    show(node: DDSPWamNode): void {
      this.#node = node;
      const root = this.attachShadow({ mode: 'open' });
      const style = document.createElement('style');
      style.textContent = STYLE;
      const status = document.createElement('p');
      status.setAttribute('role', 'status');
      const choice = new InstrumentChoice(node, (text) => {
        status.textContent = text;
      });
      const knobs = DIALS.map((name) => new Knob(name, node.control(name)));
      const grid = document.createElement('div');
      grid.className = 'knobs';
      grid.append(...knobs.map(({ element }) => element));
      this.#display = new PitchDisplay(node.ddsp);
      this.#parts = [choice, ...knobs];
      root.append(style, choice.element, this.#display.element, grid, status);
      this.addEventListener('dragover', (event) => event.preventDefault());
      this.addEventListener('drop', (event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file) choice.open(file).catch((error) => (status.textContent = messageOf(error)));
      });
      if (this.isConnected) this.connectedCallback();
    }

    /** Nothing runs while a host has the window closed. */
    connectedCallback(): void {
      if (!this.#node || this.#timer !== undefined) return;
      this.#display?.start();
      this.#timer = setInterval(() => {
        for (const part of this.#parts) part.refresh();
      }, REFRESH_MS);
    }

    disconnectedCallback(): void {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#display?.stop();
    }
  }
  customElements.define(TAG, Gui);
  return Gui;
}
