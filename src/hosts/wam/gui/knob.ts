/** A control as a dial: a range input underneath, so that keys, touch and screen readers work as everywhere. */

import { CONTROLS, type ControlName } from '../../../controls';
import { label } from '../param-mgr';

const STEPS = 200;

export class Knob {
  readonly element = document.createElement('label');
  readonly #input = document.createElement('input');
  readonly #output = document.createElement('output');
  readonly #parameter: AudioParam;
  readonly #unit: string;
  #shown = Number.NaN;

  constructor(name: ControlName, parameter: AudioParam) {
    const { unit, minimum, maximum, default: initial, meaning } = CONTROLS[name];
    this.#parameter = parameter;
    this.#unit = { semitones: 'st', cents: 'ct' }[unit as string] ?? unit;
    this.element.className = 'knob';
    this.element.title = meaning;
    const step = unit === '' ? (maximum - minimum) / STEPS : 1;
    Object.assign(this.#input, { type: 'range', min: minimum, max: maximum, step });
    const dial = document.createElement('span');
    dial.className = 'dial';
    const caption = document.createElement('span');
    caption.textContent = label(name);
    this.element.append(this.#input, dial, caption, this.#output);
    this.#input.addEventListener('input', () => {
      parameter.value = this.#input.valueAsNumber;
      this.refresh();
    });
    this.element.addEventListener('dblclick', () => {
      parameter.value = initial;
      this.refresh();
    });
    this.refresh();
  }

  /** A host may have moved it. */
  refresh(): void {
    const { value } = this.#parameter;
    if (value === this.#shown) return;
    this.#shown = value;
    this.#input.valueAsNumber = value;
    const { min, max } = this.#input;
    const at = (value - Number(min)) / (Number(max) - Number(min));
    this.element.style.setProperty('--at', String(at));
    const text = this.#unit === '' ? value.toFixed(2) : `${Math.round(value)} ${this.#unit}`;
    this.#output.value = text;
    this.#input.setAttribute('aria-valuetext', text);
  }
}
