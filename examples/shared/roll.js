/** The pitch of the last seconds as a curve over a scale of notes, and the loudness below it. */

import { colours, prepareCanvas, redrawWhenNeeded } from './canvas.js';
import { isNatural, nameOf, toSemitones } from './notes.js';

/** @typedef {import('ddsp-worklet').AnalysisFrame} AnalysisFrame */

const SECONDS = 8;
/** semitones from the bottom to the top where both curves lie together; and beside them where they do not */
const SPAN = 26;
const ROOM = 20;
const START_CENTRE = 66;
/** Never two neighbours: there is no room for both names. */
const LABELLED = /^[CDEGA]-?\d/;
const LABELLED_DENSELY = /^[CG]-?\d/;
/** px of a semitone, below which the scale is dense */
const DENSE = 6;
/** px */
const LOUDNESS_HEIGHT = 44;
const LABEL_WIDTH = 38;
/** dB, the bottom and the top of the lower curve: a full-scale voice is near the top */
const QUIETEST = -60;
const LOUDEST = 30;
/** A gap between frames longer than this breaks the curve, seconds. */
const GAP = 0.08;

export class Roll {
  /** @type {AnalysisFrame[]} */
  #frames = [];
  /** semitones @type {[number, number] | null} */
  #range = null;
  #centre = START_CENTRE;
  #span = SPAN;
  #width = 0;
  #height = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    redrawWhenNeeded(canvas, () => this.draw(0, 0));
  }

  /** @param {AnalysisFrame} frame */
  push(frame) {
    this.#frames.push(frame);
  }

  clear() {
    this.#frames = [];
  }

  /** The pitches that the instrument has learned, Hz; null: none is chosen. @param {[number, number] | null} range */
  setRange(range) {
    this.#range = range && [toSemitones(range[0]), toSemitones(range[1])];
  }

  /** @returns {AnalysisFrame | null} */
  get last() {
    return this.#frames.at(-1) ?? null;
  }

  /** The last frame, if it is recent and has a pitch. @param {number} now @returns {AnalysisFrame | null} */
  voiced(now) {
    const last = this.#frames.at(-1);
    return last && last.f0 > 0 && now - last.time < 0.25 ? last : null;
  }

  /**
   * @param {number} now on the clock of the frames
   * @param {number} shift semitones, which the register adds to, between the two curves
   * @returns {boolean} whether there are two
   */
  draw(now, shift) {
    const oldest = now - SECONDS - 1;
    while (this.#frames.length > 0 && this.#frames[0].time < oldest) this.#frames.shift();
    const shifted = this.#frames.some(({ f0, register }) => f0 > 0 && shift + 12 * register !== 0);
    this.#follow(shift + 12 * (this.last?.register ?? 0));
    ({ width: this.#width, height: this.#height } = prepareCanvas(this.canvas));
    this.#drawRange();
    this.#drawScale();
    this.#drawLoudness(now);
    if (shifted) this.#drawCurve(now, shift, 1, colours().played, 3);
    this.#drawCurve(now, 0, 0, colours().you, 2.5);
    return shifted;
  }

  /** Moves the scale, slowly, towards what is sung and what is played. @param {number} shift */
  #follow(shift) {
    const pitches = this.#frames.filter((frame) => frame.f0 > 0).map((frame) => toSemitones(frame.f0));
    if (pitches.length === 0) return;
    pitches.sort((a, b) => a - b);
    const wanted = pitches[pitches.length >> 1] + shift / 2;
    if (Math.abs(wanted - this.#centre) > 3) this.#centre += (wanted - this.#centre) * 0.04;
    const span = Math.max(SPAN, Math.abs(shift) + ROOM);
    this.#span += (span - this.#span) * 0.08;
  }

  /** @param {number} semitones @returns {number} px */
  #y(semitones) {
    const height = this.#height - LOUDNESS_HEIGHT;
    return height * (0.5 - (semitones - this.#centre) / this.#span);
  }

  /** @param {number} time @param {number} now @returns {number} px */
  #x(time, now) {
    return this.#width - ((now - time) / SECONDS) * (this.#width - LABEL_WIDTH);
  }

  #drawRange() {
    if (!this.#range) return;
    const bottom = this.#height - LOUDNESS_HEIGHT;
    const [from, to] = this.#range.map((note) => Math.max(0, Math.min(bottom, this.#y(note))));
    this.context.fillStyle = colours().range;
    this.context.fillRect(LABEL_WIDTH, to, this.#width, from - to);
    this.context.fillStyle = colours().line;
    for (const edge of [from, to]) this.context.fillRect(LABEL_WIDTH, edge - 1, this.#width, 2);
  }

  #drawScale() {
    const draw = this.context;
    const bottom = this.#height - LOUDNESS_HEIGHT;
    draw.font = '11px system-ui, sans-serif';
    draw.textBaseline = 'middle';
    draw.textAlign = 'right';
    const labelled = bottom / this.#span < DENSE ? LABELLED_DENSELY : LABELLED;
    const lowest = Math.ceil(this.#centre - this.#span / 2);
    for (let note = lowest; note < this.#centre + this.#span / 2; note++) {
      const y = Math.round(this.#y(note)) + 0.5;
      if (y > bottom - 6 || y < 6) continue;
      const isC = note % 12 === 0;
      draw.fillStyle = isC ? colours().octave : isNatural(note) ? colours().natural : colours().accidental;
      draw.fillRect(LABEL_WIDTH, y - 0.5, this.#width, 1);
      if (!labelled.test(nameOf(note))) continue;
      draw.fillStyle = isC ? colours().text : colours().soft;
      draw.fillText(nameOf(note), LABEL_WIDTH - 8, y);
    }
  }

  /**
   * @param {number} now @param {number} shift semitones @param {0 | 1} matched whether the register is added
   * @param {string} colour @param {number} width
   */
  #drawCurve(now, shift, matched, colour, width) {
    const draw = this.context;
    draw.save();
    draw.beginPath();
    draw.rect(LABEL_WIDTH, 0, this.#width, this.#height - LOUDNESS_HEIGHT);
    draw.clip();
    draw.beginPath();
    let before = Number.NEGATIVE_INFINITY;
    let octaves = 0;
    for (const { time, f0, register } of this.#frames) {
      if (f0 === 0) continue;
      const x = this.#x(time, now);
      const y = this.#y(toSemitones(f0) + shift + 12 * matched * register);
      if (time - before > GAP || register !== octaves) draw.moveTo(x, y);
      octaves = register;
      draw.lineTo(x, y);
      before = time;
    }
    draw.strokeStyle = colour;
    draw.lineWidth = width;
    draw.lineJoin = 'round';
    draw.lineCap = 'round';
    draw.stroke();
    draw.restore();
  }

  /** @param {number} now */
  #drawLoudness(now) {
    const draw = this.context;
    const base = this.#height;
    draw.fillStyle = colours().natural;
    draw.fillRect(0, base - LOUDNESS_HEIGHT, this.#width, 1);
    draw.fillStyle = colours().soft;
    draw.textAlign = 'right';
    draw.fillText('dB', LABEL_WIDTH - 8, base - LOUDNESS_HEIGHT / 2);
    if (this.#frames.length === 0) return;
    draw.save();
    draw.beginPath();
    draw.rect(LABEL_WIDTH, base - LOUDNESS_HEIGHT, this.#width, LOUDNESS_HEIGHT);
    draw.clip();
    draw.beginPath();
    draw.moveTo(this.#x(this.#frames[0].time, now), base);
    for (const { time, loudness } of this.#frames) {
      const level = Math.max(0, Math.min(1, (loudness - QUIETEST) / (LOUDEST - QUIETEST)));
      draw.lineTo(this.#x(time, now), base - level * (LOUDNESS_HEIGHT - 8));
    }
    draw.lineTo(this.#x(/** @type {AnalysisFrame} */ (this.#frames.at(-1)).time, now), base);
    draw.fillStyle = colours().loudness;
    draw.fill();
    draw.restore();
  }
}
