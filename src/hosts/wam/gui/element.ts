/** The plugin's window: an element that keeps its style to itself and fits any width from 280 pixels up. */

import { CONTROL_NAMES } from '../../../controls';
import { messageOf } from '../../../errors';
import { VERSION } from '../../../version';
import type { DDSPWamNode } from '../wam-node';
import { InstrumentChoice, type Place } from './instrument-choice';
import { Knob } from './knob';
import { PitchDisplay } from './pitch-display';
import { STYLE } from './style';

/** Two releases of the plugin may be on one page. */
const TAG = `ddsp-wam-${VERSION.replace(/[^a-z\d]+/gi, '-')}`;
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
      const say = (text: string) => {
        status.textContent = text;
      };
      const [first, second] = placesOf(node).map((place) => new InstrumentChoice(place, say));
      const open = (file: File | undefined) => {
        if (file) first.open(file).catch((error) => say(messageOf(error)));
      };
      const head = document.createElement('div');
      head.className = 'choice';
      head.append(first.element, second.element, fileButton(open));
      const knobs = CONTROL_NAMES.map((name) => new Knob(name, node.control(name)));
      const grid = document.createElement('div');
      grid.className = 'knobs';
      grid.append(...knobs.map(({ element }) => element));
      this.#display = new PitchDisplay(node.ddsp);
      this.#parts = [first, second, ...knobs];
      root.append(style, head, this.#display.element, grid, status);
      this.addEventListener('dragover', (event) => event.preventDefault());
      this.addEventListener('drop', (event) => {
        event.preventDefault();
        open(event.dataTransfer?.files[0]);
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

function placesOf(node: DDSPWamNode): readonly Place[] {
  return [
    {
      label: 'Instrument',
      optional: false,
      get: () => node.model,
      set: (model) => node.setModel(model ?? node.model),
    },
    {
      label: 'Morph into',
      optional: true,
      get: () => node.second,
      set: (model) => node.setSecond(model),
    },
  ];
}

function fileButton(open: (file: File | undefined) => void): HTMLElement {
  const button = document.createElement('label');
  button.className = 'open';
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.safetensors' });
  button.append(input, 'Open or drop a model');
  input.addEventListener('change', () => {
    open(input.files?.[0]);
    input.value = '';
  });
  return button;
}
