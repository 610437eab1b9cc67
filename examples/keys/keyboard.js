/** A keyboard on the screen. Fingers, mouse and pen play it, and slide over it; so do Tab, the arrow keys and Enter. */

import { isNatural, nameOf } from '../shared/notes.js';

/** CSS pixels that a white key needs. */
const KEY_WIDTH = 44;
const FEWEST_KEYS = 8;
const MOST_KEYS = 29;
/** Velocity at the far end of a key, at the near end, and from a key of the computer. */
const SOFTEST = 20;
const LOUDEST = 127;
const LOWEST_NOTE = 12;
const HIGHEST_NOTE = 120;
/** By how many semitones a key of the computer moves the focus. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -12, ArrowUp: 12 };

/**
 * @typedef {object} Hands
 * @property {(note: number, velocity: number) => void} down
 * @property {(note: number) => void} up
 */

export class Keyboard {
  #parent;
  #hands;
  /** @type {Map<number, HTMLElement>} by note */
  #keys = new Map();
  /** notes that fingers hold @type {Map<number, number>} by pointer */
  #pointers = new Map();
  /** notes that sound, whoever plays them @type {Map<number, number>} how often each is held */
  #sounding = new Map();
  /** @type {(note: number) => string} */
  #labelOf = () => '';
  #first = 48;
  #held = -1;

  /** velocity of a note that Enter plays */
  velocity = 96;

  /** @param {HTMLElement} parent @param {Hands} hands */
  constructor(parent, hands) {
    this.#parent = parent;
    this.#hands = hands;
    new ResizeObserver(() => this.#build()).observe(parent);
    parent.addEventListener('pointerdown', (event) => this.#press(event));
    parent.addEventListener('pointermove', (event) => this.#slide(event));
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      parent.addEventListener(type, (event) => this.#lift(event.pointerId));
    }
    parent.addEventListener('keydown', (event) => this.#type(event));
    parent.addEventListener('keyup', () => this.#release());
    parent.addEventListener('focusout', () => this.#release());
  }

  /** The lowest note on the screen, a C. */
  get first() {
    return this.#first;
  }

  /** Where the computer's keys begin: an octave higher where there is room. */
  get middle() {
    return this.#keys.size > 2 * 12 ? this.#first + 12 : this.#first;
  }

  /** @param {number} note the lowest one to show, a C */
  moveTo(note) {
    this.#first = Math.max(LOWEST_NOTE, Math.min(HIGHEST_NOTE - 12, note));
    this.#build();
  }

  /** Writes onto the keys which key of the computer plays them. @param {(note: number) => string} labelOf */
  setLabels(labelOf) {
    this.#labelOf = labelOf;
    this.#label();
  }

  /** Shows that a note begins or ends. @param {number} note @param {boolean} on */
  show(note, on) {
    const count = Math.max(0, (this.#sounding.get(note) ?? 0) + (on ? 1 : -1));
    if (count > 0) this.#sounding.set(note, count);
    else this.#sounding.delete(note);
    this.#keys.get(note)?.toggleAttribute('data-sounding', count > 0);
  }

  /** @param {number} note */
  isSounding(note) {
    return this.#sounding.has(note);
  }

  /** Shows that nothing sounds. */
  clear() {
    this.#sounding.clear();
    this.#pointers.clear();
    this.#held = -1;
    for (const key of this.#keys.values()) key.removeAttribute('data-sounding');
  }

  #build() {
    const parent = this.#parent;
    const fitting = Math.floor(parent.clientWidth / KEY_WIDTH);
    const white = Math.max(FEWEST_KEYS, Math.min(MOST_KEYS, fitting));
    const focused = [...this.#keys].find(([, key]) => key === document.activeElement)?.[0];
    this.#keys.clear();
    let whites = 0;
    for (let note = this.#first; note <= HIGHEST_NOTE; note++) {
      if (whites === white) break;
      this.#keys.set(note, this.#key(note, whites));
      if (isNatural(note)) whites++;
    }
    this.#label();
    parent.style.setProperty('--keys', String(whites));
    parent.replaceChildren(...this.#keys.values());
    const reachable = this.#keys.get(focused ?? this.middle);
    if (reachable) reachable.tabIndex = 0;
    if (focused !== undefined) reachable?.focus();
  }

  #label() {
    for (const [note, { firstElementChild: label }] of this.#keys) {
      if (label) label.textContent = this.#labelOf(note) || (note % 12 === 0 ? nameOf(note) : '');
    }
  }

  /** @param {number} note @param {number} at white keys left of it */
  #key(note, at) {
    const key = document.createElement('button');
    key.type = 'button';
    key.className = isNatural(note) ? 'key' : 'key black';
    key.tabIndex = -1;
    key.dataset.note = String(note);
    key.ariaLabel = nameOf(note).replace('♯', ' sharp ');
    key.style.setProperty('--at', String(at));
    key.toggleAttribute('data-sounding', this.#sounding.has(note));
    const label = document.createElement('span');
    label.ariaHidden = 'true';
    key.append(label);
    return key;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.#parent.setPointerCapture(event.pointerId);
    this.#play(event);
  }

  /** @param {PointerEvent} event */
  #slide(event) {
    if (this.#pointers.has(event.pointerId)) this.#play(event);
  }

  /** Plays the key under a finger, unless it plays already. @param {PointerEvent} event */
  #play({ pointerId, clientX, clientY }) {
    const key = document.elementFromPoint(clientX, clientY)?.closest('.key');
    if (!(key instanceof HTMLElement) || !this.#parent.contains(key)) return;
    const note = Number(key.dataset.note);
    if (this.#pointers.get(pointerId) === note) return;
    this.#lift(pointerId);
    this.#pointers.set(pointerId, note);
    const { top, height } = key.getBoundingClientRect();
    const near = Math.max(0, Math.min(1, (clientY - top) / height));
    this.#hands.down(note, Math.round(SOFTEST + near * (LOUDEST - SOFTEST)));
  }

  /** @param {number} pointer */
  #lift(pointer) {
    const note = this.#pointers.get(pointer);
    if (note === undefined) return;
    this.#pointers.delete(pointer);
    this.#hands.up(note);
  }

  /** @param {KeyboardEvent} event */
  #type(event) {
    const { key, target, repeat } = event;
    const note = target instanceof HTMLElement ? Number(target.dataset.note) : Number.NaN;
    if (Number.isNaN(note) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === 'Enter' || key === ' ') {
      event.preventDefault();
      if (repeat) return;
      this.#release();
      this.#held = note;
      this.#hands.down(note, this.velocity);
    } else if (key in STEPS) {
      event.preventDefault();
      const next = this.#keys.get(note + STEPS[/** @type {keyof typeof STEPS} */ (key)]);
      if (!next) return;
      for (const other of this.#keys.values()) other.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  #release() {
    if (this.#held < 0) return;
    const note = this.#held;
    this.#held = -1;
    this.#hands.up(note);
  }
}
