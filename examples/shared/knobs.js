/** The parameters of the node as sliders. */

/** @typedef {import('ddsp-worklet').DDSPNode} DDSPNode */
/** @typedef {'pitchShift' | 'harmonics' | 'noise' | 'reverb' | 'gain'} Parameter */

/** @param {number} value */
const percent = (value) => `${Math.round(value * 100)}%`;

/** @type {{ name: Parameter, label: string, min: number, max: number, step: number, initial: number, show: (value: number) => string }[]} */
const KNOBS = [
  { name: 'pitchShift', label: 'Pitch', min: -24, max: 24, step: 1, initial: 0, show: semitones },
  { name: 'harmonics', label: 'Harmonics', min: 0, max: 2, step: 0.01, initial: 1, show: percent },
  { name: 'noise', label: 'Breath and bow noise', min: 0, max: 2, step: 0.01, initial: 1, show: percent },
  { name: 'reverb', label: 'Room', min: 0, max: 1, step: 0.01, initial: 0.5, show: percent },
  { name: 'gain', label: 'Volume', min: 0, max: 4, step: 0.01, initial: 1, show: percent },
];

export class Knobs {
  /** @type {Map<Parameter, HTMLInputElement>} */
  #inputs = new Map();
  /** @type {DDSPNode | null} */
  #node = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    for (const knob of KNOBS) parent.append(this.#build(knob));
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
    for (const { name, initial } of KNOBS) this.set(name, initial);
  }

  /** @param {typeof KNOBS[number]} knob */
  #build({ name, label, min, max, step, initial, show }) {
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
