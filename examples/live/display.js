/** What is shown while it plays: levels, note, pitch, spectrum, delay. */

import { Meter } from '../shared/meter.js';
import { nameOf, nearestNote, toSemitones } from '../shared/notes.js';
import { element } from '../shared/page.js';
import { Roll } from '../shared/roll.js';
import { Spectrogram } from '../shared/spectrogram.js';

/** @typedef {import('../shared/session.js').Session} Session */

export class Display {
  #input = new Meter(element('in-level', HTMLElement));
  #output = new Meter(element('out-level', HTMLElement));
  #roll = new Roll(element('roll', HTMLCanvasElement));
  #spectrogram = new Spectrogram(element('spectrogram', HTMLCanvasElement));
  #latency = element('latency', HTMLElement);
  #noteName = element('note-name', HTMLElement);
  #noteDetail = element('note-detail', HTMLElement);
  #shifted = element('legend-shifted', HTMLElement);
  /** @type {Session | null} */
  #session = null;

  /** @param {Session | null} session */
  attach(session) {
    this.#session = session;
    if (!session) {
      this.#latency.textContent = '–';
      return;
    }
    this.#roll.clear();
    session.node.addEventListener('analysis', ({ detail }) => this.#roll.push(detail));
    this.showRange(session);
  }

  /** The pitches that the instrument has learned. @param {Session} session */
  showRange({ node }) {
    const [lowest, , highest] = node.model.statistics.f0;
    const names = [lowest, highest].map((hz) => nameOf(Math.round(toSemitones(hz))));
    this.#roll.setRange([lowest, highest]);
    element('legend-range', HTMLElement).hidden = false;
    element('range', HTMLElement).textContent = `its range, ${names.join(' to ')}`;
  }

  /** What was heard last. */
  get frame() {
    return this.#roll.last;
  }

  /** dB */
  get inputLevel() {
    return this.#input.level;
  }

  /** @param {number} seconds since the last picture @param {number} shift semitones */
  draw(seconds, shift) {
    const session = this.#session;
    this.#input.draw(session?.input ?? null, seconds);
    this.#output.draw(session?.output ?? null, seconds);
    if (!session) return;
    const now = session.context.currentTime;
    this.#shifted.hidden = !this.#roll.draw(now, shift);
    this.#spectrogram.draw(session.output, seconds);
    this.#showNote(this.#roll.voiced(now));
    this.#showDelay(session);
  }

  /** @param {Session} session */
  #showDelay({ latency: { seconds, measured }, node }) {
    const all = measured
      ? `${milliseconds(seconds)} (measured)`
      : `about ${milliseconds(seconds)} (estimate)`;
    const shown = `${all}, model ${milliseconds(node.latency)}`;
    if (this.#latency.textContent !== shown) this.#latency.textContent = shown;
  }

  /** @param {{ f0: number } | null} frame */
  #showNote(frame) {
    if (!frame) {
      this.#noteName.textContent = '–';
      this.#noteDetail.textContent = 'no pitch';
      return;
    }
    const { name, cents } = nearestNote(frame.f0);
    this.#noteName.textContent = name;
    this.#noteDetail.textContent = `${cents < 0 ? '−' : '+'}${Math.abs(cents)} cents, ${frame.f0.toFixed(1)} Hz`;
  }
}

/** @param {number} seconds */
function milliseconds(seconds) {
  return `${Math.round(seconds * 1000)} ms`;
}
