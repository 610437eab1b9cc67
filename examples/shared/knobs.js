/** The parameters of the node as sliders. */

import { CONTROLS } from 'ddsp-worklet';

/** @typedef {import('ddsp-worklet').DDSPNode} DDSPNode */
/** @typedef {import('ddsp-worklet').ControlName} Parameter */
/** @typedef {{ label: string, step: number, show: (value: number) => string, hint?: string }} Look */

/** @param {number} value */
const percent = (value) => `${Math.round(value * 100)}%`;

/** How each control looks; its range and its default are the library's. @type {Record<Parameter, Look>} */
const LOOKS = {
  pitchShift: { label: 'Pitch', step: 1, show: semitones },
  detune: { label: 'Tuning', step: 1, show: (cents) => `${cents} cents` },
  harmonics: { label: 'Harmonics', step: 0.01, show: percent },
  noise: { label: 'Breath and bow noise', step: 0.01, show: percent },
  reverb: {
    label: 'Room',
    step: 0.01,
    show: percent,
    hint: 'The room that the instrument was recorded in. 50% is as recorded; at 0% notes stop at once.',
  },
  gain: { label: 'Volume', step: 0.01, show: percent },
  vibrato: { label: 'Vibrato', step: 0.01, show: percent },
  attack: { label: 'Attack', step: 0.01, show: percent },
  portamento: { label: 'Glide', step: 0.01, show: percent },
  morph: { label: 'Morph', step: 0.01, show: percent },
};

/** Those that count when an instrument is played by listening. @type {readonly Parameter[]} */
const LISTENING = ['pitchShift', 'harmonics', 'noise', 'reverb', 'gain'];

export class Knobs {
  /** @type {Map<Parameter, HTMLInputElement>} */
  #inputs = new Map();
  /** @type {DDSPNode | null} */
  #node = null;

  /** @param {HTMLElement} parent @param {readonly Parameter[]} names */
  constructor(parent, names = LISTENING) {
    for (const name of names) parent.append(this.#build(name));
  }

  /** Sets `node` as the sliders are, and moves it with them from now on. @param {DDSPNode | null} node */
  attach(node) {
    this.#node = node;
    for (const [name, input] of this.#inputs) if (node) node[name].value = input.valueAsNumber;
  }

  /** The sliders, whose ids are the parameters' names. @returns {HTMLInputElement[]} */
  get controls() {
    return [...this.#inputs.values()];
  }

  /** @param {Parameter} name */
  valueOf(name) {
    return this.#inputs.get(name)?.valueAsNumber ?? 0;
  }

  /** All of them, as `renderOffline` takes them. */
  get values() {
    return Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input.valueAsNumber]));
  }

  /** Those that were moved. @returns {[string, string][]} */
  get changed() {
    return this.controls
      .filter((input) => input.value !== input.defaultValue)
      .map((input) => [input.id, input.value]);
  }

  /** @param {Parameter} name @param {number} value */
  set(name, value) {
    const input = this.#inputs.get(name);
    if (!input) return;
    input.valueAsNumber = value;
    input.dispatchEvent(new Event('input'));
  }

  reset() {
    for (const name of this.#inputs.keys()) this.set(name, CONTROLS[name].default);
  }

  /** @param {Parameter} name */
  #build(name) {
    const { label, step, show, hint } = LOOKS[name];
    const { minimum: min, maximum: max, default: initial } = CONTROLS[name];
    const row = document.createElement('label');
    row.className = 'knob';
    row.htmlFor = name;
    row.innerHTML = '<span></span><output></output><input type="range">';
    const [caption, value, input] = /** @type {[HTMLElement, HTMLOutputElement, HTMLInputElement]} */ ([
      ...row.children,
    ]);
    caption.textContent = label;
    Object.assign(input, { id: name, min, max, step, defaultValue: initial });
    bindSlider(input, value, show);
    if (hint) {
      const note = document.createElement('small');
      Object.assign(note, { id: `${name}-hint`, className: 'hint', textContent: hint });
      input.setAttribute('aria-describedby', note.id);
      row.append(note);
    }
    input.addEventListener('input', () => {
      if (this.#node) this.#node[name].value = input.valueAsNumber;
    });
    this.#inputs.set(name, input);
    return row;
  }
}

/**
 * Shows a slider's value beside it, to the eye and to screen readers.
 * @param {HTMLInputElement} input @param {HTMLOutputElement} output @param {(value: number) => string} show
 */
export function bindSlider(input, output, show) {
  const update = () => {
    const text = show(input.valueAsNumber);
    output.value = text;
    input.setAttribute('aria-valuetext', text);
    const at = (input.valueAsNumber - Number(input.min)) / (Number(input.max) - Number(input.min));
    input.style.setProperty('--at', `${at * 100}%`);
  };
  input.addEventListener('input', update);
  update();
}

/** @param {number} value */
function semitones(value) {
  if (value === 0) return 'as sung';
  const amount = Math.abs(value);
  const text =
    amount % 12 === 0
      ? `${amount / 12} octave${amount > 12 ? 's' : ''}`
      : `${amount} semitone${amount > 1 ? 's' : ''}`;
  return `${text} ${value > 0 ? 'up' : 'down'}`;
}
