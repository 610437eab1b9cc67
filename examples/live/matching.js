/** How the player is matched to the instrument, as two lists and a lock, and what that comes to while it plays. */

/** @typedef {import('ddsp-worklet').DDSPNode} DDSPNode */
/** @typedef {import('ddsp-worklet').AnalysisFrame} AnalysisFrame */

export class MatchingChoice {
  /** @type {DDSPNode | null} */
  #node = null;

  /**
   * @param {{ register: HTMLSelectElement, level: HTMLSelectElement }} lists
   * @param {{ register: HTMLOutputElement, level: HTMLOutputElement }} shown
   * @param {HTMLInputElement} lock
   */
  constructor(lists, shown, lock) {
    this.lists = lists;
    this.shown = shown;
    this.lock = lock;
    for (const list of [lists.register, lists.level, lock])
      list.addEventListener('change', () => this.#apply());
  }

  /** Sets `node` as the lists are, and again when they change. @param {DDSPNode | null} node */
  attach(node) {
    this.#node = node;
    this.#apply();
    if (!node) this.show(null);
  }

  reset() {
    for (const list of [this.lists.register, this.lists.level]) {
      list.value = 'auto';
      list.dispatchEvent(new Event('input'));
    }
    this.#apply();
  }

  /** The lists that are not as they come. @returns {[string, string][]} */
  get changed() {
    return [this.lists.register, this.lists.level]
      .filter(({ value }) => value !== 'auto')
      .map(({ id, value }) => [id, value]);
  }

  /** As `setMatching` and `renderOffline` take it. */
  get options() {
    const { register, level } = this.lists;
    return { register: setting(register.value), level: setting(level.value), lock: this.lock.checked };
  }

  /** @param {AnalysisFrame | null} frame */
  show(frame) {
    const { register, level } = this.shown;
    register.value = frame && this.lists.register.value === 'auto' ? octaves(frame.register) : '';
    level.value = frame && this.lists.level.value === 'auto' ? decibels(frame.level) : '';
  }

  #apply() {
    this.#node?.setMatching(this.options);
  }
}

/** @param {string} value @returns {'auto' | 'off' | number} */
function setting(value) {
  return value === 'auto' || value === 'off' ? value : Number(value);
}

/** @param {number} value */
function octaves(value) {
  if (value === 0) return 'as sung';
  return `${signed(value)} octave${Math.abs(value) > 1 ? 's' : ''}`;
}

/** @param {number} value */
function decibels(value) {
  return `${signed(Math.round(value))} dB`;
}

/** @param {number} value */
function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value)}`;
}
