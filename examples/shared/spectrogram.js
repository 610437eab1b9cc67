/** The spectrum of what is heard, as it passes: time to the right, pitch upwards, brighter where louder. */

import { colours } from './canvas.js';

/** Hz, the bottom and the top */
const LOWEST = 60;
const HIGHEST = 12_000;
/** dB of the darkest and the brightest */
const QUIETEST = -95;
const LOUDEST = -30;
/** Rows of the picture; columns a second. */
const ROWS = 96;
const SPEED = 60;

export class Spectrogram {
  #bins = new Float32Array(0);
  /** columns that are due */
  #due = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    canvas.height = ROWS;
  }

  /** @param {AnalyserNode} analyser @param {number} seconds since the last call */
  draw(analyser, seconds) {
    const { canvas } = this;
    if (canvas.clientWidth === 0) return;
    if (canvas.width !== canvas.clientWidth) canvas.width = canvas.clientWidth;
    this.#due += seconds * SPEED;
    const columns = Math.min(canvas.width, Math.floor(this.#due));
    if (columns === 0) return;
    this.#due -= columns;
    const bins = analyser.frequencyBinCount;
    if (this.#bins.length !== bins) this.#bins = new Float32Array(bins);
    const levels = /** @type {Float32Array<ArrayBuffer>} */ (this.#bins);
    analyser.getFloatFrequencyData(levels);
    const draw = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    draw.globalCompositeOperation = 'copy';
    draw.drawImage(canvas, -columns, 0);
    draw.globalCompositeOperation = 'source-over';
    draw.fillStyle = colours().played;
    const binsAHertz = (2 * bins) / analyser.context.sampleRate;
    for (let row = 0; row < ROWS; row++) {
      const hz = LOWEST * (HIGHEST / LOWEST) ** (1 - (row + 0.5) / ROWS);
      const level = levels[Math.min(bins - 1, Math.round(hz * binsAHertz))];
      draw.globalAlpha = Math.max(0, Math.min(1, (level - QUIETEST) / (LOUDEST - QUIETEST)));
      draw.fillRect(canvas.width - columns, row, columns, 1);
    }
    draw.globalAlpha = 1;
  }
}
