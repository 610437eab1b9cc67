/** The keys of a computer as a piano: the row of A has the white keys, the row above it the black ones. */

/** Places of keys, as on an American keyboard, from C upwards. */
const PIANO = [
  ...['KeyA', 'KeyW', 'KeyS', 'KeyE', 'KeyD', 'KeyF', 'KeyT', 'KeyG', 'KeyY', 'KeyH', 'KeyU', 'KeyJ'],
  ...['KeyK', 'KeyO', 'KeyL', 'KeyP', 'Semicolon'],
];
const OCTAVE_DOWN = 'KeyZ';
const OCTAVE_UP = 'KeyX';
/** Elements that take text or choose by letters. */
const TAKES_LETTERS = 'input:not([type=range], [type=checkbox], [type=radio], [type=file]), select, textarea';

/**
 * @typedef {object} Piano
 * @property {() => number} first the note of the first key
 * @property {(note: number) => void} down
 * @property {(note: number) => void} up
 * @property {(octaves: number) => void} shift
 */

export class Typing {
  /** notes that are held @type {Map<string, number>} by the key's place */
  #held = new Map();
  #piano;

  /** @param {Piano} piano */
  constructor(piano) {
    this.#piano = piano;
    document.addEventListener('keydown', (event) => this.#press(event));
    document.addEventListener('keyup', ({ code }) => this.#lift(code));
    // keys that are let go elsewhere are not heard of
    window.addEventListener('blur', () => this.releaseAll());
  }

  releaseAll() {
    for (const code of [...this.#held.keys()]) this.#lift(code);
  }

  /**
   * Letters for the keys of the piano, as the user's own keyboard has them where the browser tells.
   * @returns {Promise<(note: number) => string>}
   */
  async labels() {
    /** @type {Map<string, string>} */
    const layout = await /** @type {any} */ (navigator).keyboard?.getLayoutMap?.().catch(() => undefined);
    const letters = PIANO.map((code) => layout?.get(code) ?? (code === 'Semicolon' ? ';' : code.slice(3)));
    return (note) => letters[note - this.#piano.first()]?.toUpperCase() ?? '';
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { code, repeat, target } = event;
    if (repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (target instanceof Element && target.closest(TAKES_LETTERS)) return;
    if (code === OCTAVE_DOWN) this.#piano.shift(-1);
    else if (code === OCTAVE_UP) this.#piano.shift(1);
    const key = PIANO.indexOf(code);
    if (key < 0 || this.#held.has(code)) return;
    const note = this.#piano.first() + key;
    this.#held.set(code, note);
    this.#piano.down(note);
  }

  /** @param {string} code */
  #lift(code) {
    const note = this.#held.get(code);
    if (note === undefined) return;
    this.#held.delete(code);
    this.#piano.up(note);
  }
}
