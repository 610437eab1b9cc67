/** What is known of the player: shown, measured, locked, forgotten, and kept in this browser under the player's name. */

import { nameOf, toSemitones } from '../shared/notes.js';
import { element } from '../shared/page.js';

/** @typedef {import('ddsp-worklet').DDSPNode} DDSPNode */
/** @typedef {import('ddsp-worklet').PlayerData} PlayerData */

/** Seconds within which the loud note is sung. */
const CALIBRATION = 4;
/** Seconds from one look at what is known to the next. */
const PERIOD = 0.5;
/** dB: standard deviation of the forte when nothing is known. */
const NOTHING = 12;
/** Seconds of notes from which a range is shown. */
const ENOUGH = 1;
/** Shares of the notes that lie below the range that is shown, and below its top. */
const RANGE = [0.05, 0.95];

export class PlayerPanel {
  #name = element('player-name', HTMLInputElement);
  #names = element('player-names', HTMLDataListElement);
  #forte = element('player-forte', HTMLElement);
  #range = element('player-range', HTMLElement);
  #sure = element('player-sure', HTMLElement);
  #calibrate = element('calibrate', HTMLButtonElement);
  #said = element('player-said', HTMLElement);
  /** @type {DDSPNode | null} */
  #node = null;
  #due = 0;
  /** an answer of the node is awaited */
  #asking = false;
  /** the name whose data the node has */
  #current;

  /** @param {import('../shared/storage.js').Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.#current = this.#name.value = settings.get('player') ?? this.#name.value;
    this.#list();
    this.#name.addEventListener('change', () => this.#change());
    this.#calibrate.addEventListener('click', () => this.#measure());
    element('forget-player', HTMLButtonElement).addEventListener('click', () => this.#forget());
    this.#show(this.data);
  }

  /** What was known of the player when the page was left. @returns {PlayerData | undefined} */
  get data() {
    const saved = this.settings.get(this.#key);
    return saved ? JSON.parse(saved) : undefined;
  }

  /** Tells `node` what is known, and asks it from now on. @param {DDSPNode | null} node */
  attach(node) {
    this.#node = node;
    if (node) node.player = this.data ?? null;
    this.#asking = false;
    this.#calibrate.disabled = !node;
    if (!node) this.#said.textContent = '';
  }

  /** @param {number} seconds since the last call */
  draw(seconds) {
    this.#due -= seconds;
    if (!this.#node || this.#asking || this.#due > 0) return;
    this.#due = PERIOD;
    this.#ask(this.#node);
  }

  get #key() {
    return `player ${this.#current}`;
  }

  /** Shows and keeps what the node knows. @param {DDSPNode} node */
  async #ask(node) {
    this.#asking = true;
    const key = this.#key;
    const data = await node.player.catch(() => null);
    // another node plays
    if (node !== this.#node) return;
    this.#asking = false;
    // null: the sound has ended, and the page says so
    if (data && key === this.#key) this.#keep(data);
  }

  /** @param {PlayerData} data */
  #keep(data) {
    this.settings.set(this.#key, JSON.stringify(data));
    this.#show(data);
  }

  async #measure() {
    const node = this.#node;
    if (!node) return;
    this.#calibrate.disabled = true;
    this.#said.textContent = `Sing one loud note within ${CALIBRATION} seconds …`;
    const key = this.#key;
    try {
      const data = await node.calibrate(CALIBRATION);
      if (key === this.#key) this.#keep(data);
      this.#said.textContent = 'Measured.';
    } catch (error) {
      this.#said.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this.#calibrate.disabled = this.#node === null;
    }
  }

  #change() {
    this.#current = this.#name.value = this.#name.value.trim() || this.#name.defaultValue;
    this.settings.set('player', this.#current);
    const { data } = this;
    if (this.#node) this.#node.player = data ?? null;
    if (!data) this.settings.set(this.#key, '');
    this.#list();
    this.#show(data);
  }

  #forget() {
    if (this.#node) this.#node.player = null;
    this.settings.set(this.#key, '');
    this.#show(undefined);
    this.#said.textContent = 'Forgotten.';
  }

  /** The names that are known. */
  #list() {
    const names = this.settings.names
      .filter((name) => name.startsWith('player '))
      .map((name) => name.slice('player '.length));
    this.#names.replaceChildren(...names.map((name) => new Option(name, name)));
  }

  /** @param {PlayerData | undefined} data */
  #show(data) {
    const sure = data ? Math.max(0, 1 - data.uncertainty / NOTHING) : 0;
    this.#forte.textContent = data ? `${whole(data.forte)} dB ± ${whole(data.uncertainty)}` : '–';
    this.#sure.textContent = `${Math.round(100 * sure)}%`;
    const seconds = data?.pitch.reduce((sum, [, time]) => sum + time, 0) ?? 0;
    this.#range.textContent =
      data && seconds > ENOUGH ? RANGE.map((share) => note(data, share * seconds)).join(' to ') : '–';
  }
}

/** The note below which `seconds` of the notes lie. @param {PlayerData} data @param {number} seconds */
function note({ pitch }, seconds) {
  let sum = 0;
  const found = pitch.find(([, time]) => {
    sum += time;
    return sum >= seconds;
  });
  return nameOf(Math.round(toSemitones((found ?? pitch[pitch.length - 1])[0])));
}

/** @param {number} value */
function whole(value) {
  return String(Math.round(value)).replace('-', '−');
}
