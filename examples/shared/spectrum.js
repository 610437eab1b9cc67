/** A picture of a sound: time to the right, pitch upwards on a logarithmic scale, stronger where louder. */

import { colours, prepareCanvas } from './canvas.js';

/** samples of a column */
const WINDOW = 2048;
/** Hz, the bottom and the top */
const LOWEST = 60;
const HIGHEST = 12_000;
/** dB below the loudest that is still drawn */
const RANGE = 70;
const ROWS = 96;

/**
 * @param {Float32Array} samples @param {number} sampleRate @param {number} columns
 * @returns {Float32Array} (columns, ROWS), 0..1, from the highest pitch downwards
 */
export function spectrogram(samples, sampleRate, columns) {
  const levels = new Float32Array(columns * ROWS);
  const real = new Float64Array(WINDOW);
  const imaginary = new Float64Array(WINDOW);
  let loudest = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < columns; column++) {
    const centre = Math.round(((column + 0.5) / columns) * samples.length);
    for (let i = 0; i < WINDOW; i++) {
      const sample = samples[centre - WINDOW / 2 + i] ?? 0;
      real[i] = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
      imaginary[i] = 0;
    }
    transform(real, imaginary);
    for (let row = 0; row < ROWS; row++) {
      const hz = LOWEST * (HIGHEST / LOWEST) ** (1 - (row + 0.5) / ROWS);
      const bin = Math.min(WINDOW / 2, Math.round((hz * WINDOW) / sampleRate));
      const level = 10 * Math.log10(real[bin] ** 2 + imaginary[bin] ** 2 + 1e-12);
      levels[column * ROWS + row] = level;
      loudest = Math.max(loudest, level);
    }
  }
  return levels.map((level) => Math.max(0, 1 + (level - loudest) / RANGE));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ samples: Float32Array, sampleRate: number, colour: import('./canvas.js').Colour }[]} sounds one below the other
 */
export function drawSpectrograms(canvas, sounds) {
  const { draw, width, height } = prepareCanvas(canvas);
  if (width === 0) return;
  const columns = Math.round(width);
  const each = height / sounds.length;
  sounds.forEach(({ samples, sampleRate, colour }, i) => {
    if (samples.length === 0) return;
    const levels = spectrogram(samples, sampleRate, columns);
    draw.fillStyle = colours()[colour];
    for (let at = 0; at < levels.length; at++) {
      if (levels[at] === 0) continue;
      draw.globalAlpha = levels[at];
      draw.fillRect(Math.floor(at / ROWS), (i + (at % ROWS) / ROWS) * each, 1, (each - 4) / ROWS + 0.5);
    }
    draw.globalAlpha = 1;
  });
}

/** Fast Fourier transform in place; the length is a power of two. @param {Float64Array} real @param {Float64Array} imaginary */
function transform(real, imaginary) {
  const { length } = real;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const [cos, sin] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let at = k; at < length; at += size) {
        const other = at + size / 2;
        const re = real[other] * cos - imaginary[other] * sin;
        const im = real[other] * sin + imaginary[other] * cos;
        real[other] = real[at] - re;
        imaginary[other] = imaginary[at] - im;
        real[at] += re;
        imaginary[at] += im;
      }
    }
  }
}
