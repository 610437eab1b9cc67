/** The loss over the steps: training (smoothed) and on the held-out recordings. */

import { prepareCanvas } from '../shared/canvas.js';
import { count } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').LossCurves} LossCurves */

const COLOURS = { grid: '#232838', label: '#8890a8', training: '#ffb65c', validation: '#6fd3e8' };
/** px */
const MARGIN = { left: 44, right: 14, top: 10, bottom: 24 };

export class Chart {
  /** @type {LossCurves} */
  #curves = { training: [], validation: [] };
  #drawn = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /** @param {LossCurves} curves */
  show(curves) {
    this.#curves = curves;
    if (this.#drawn) return;
    this.#drawn = true;
    requestAnimationFrame(() => {
      this.#drawn = false;
      this.#draw();
    });
  }

  #draw() {
    const { draw, width, height } = prepareCanvas(this.canvas);
    if (width === 0) return;
    const { training, validation } = this.#curves;
    const losses = [...training.filter((_, i) => i % 2 === 1), ...validation.filter((_, i) => i % 3 === 1)];
    const last = Math.max(training.at(-2) ?? 0, validation.at(-3) ?? 0);
    const end = Math.max(last, 10);
    const lowest = losses.length > 0 ? Math.min(...losses) : 1;
    const highest = losses.length > 0 ? Math.max(...losses) : 10;
    const [bottom, top] = [lowest / 1.12, highest * 1.05];
    const x = (/** @type {number} */ step) =>
      MARGIN.left + (step / end) * (width - MARGIN.left - MARGIN.right);
    const y = (/** @type {number} */ loss) =>
      height -
      MARGIN.bottom -
      (Math.log(loss / bottom) / Math.log(top / bottom)) * (height - MARGIN.top - MARGIN.bottom);

    draw.font = '11px system-ui, sans-serif';
    draw.fillStyle = COLOURS.label;
    if (losses.length === 0) {
      draw.font = '14px system-ui, sans-serif';
      draw.textAlign = 'center';
      draw.fillText('The loss is drawn here when training starts', width / 2, height / 2);
      return;
    }
    draw.lineWidth = 1;
    draw.textAlign = 'right';
    draw.textBaseline = 'middle';
    for (const loss of ticks(bottom, top)) {
      draw.fillStyle = COLOURS.grid;
      draw.fillRect(MARGIN.left, Math.round(y(loss)), width - MARGIN.left - MARGIN.right, 1);
      draw.fillStyle = COLOURS.label;
      draw.fillText(String(loss), MARGIN.left - 8, y(loss));
    }
    draw.textBaseline = 'alphabetic';
    draw.fillText(`step ${count(end)}`, width - MARGIN.right, height - 8);
    draw.textAlign = 'left';
    draw.fillText('loss, from step 0', MARGIN.left, height - 8);

    this.#line(draw, training, 2, x, y, COLOURS.training);
    this.#line(draw, validation, 3, x, y, COLOURS.validation);
    draw.fillStyle = COLOURS.validation;
    for (let i = 0; i < validation.length; i += 3) {
      draw.beginPath();
      draw.arc(x(validation[i]), y(validation[i + 1]), 2.5, 0, 2 * Math.PI);
      draw.fill();
    }
    this.canvas.setAttribute(
      'aria-label',
      `Loss on held-out recordings: ${validation[1]?.toFixed(2) ?? 'unknown'} at the start, ` +
        `${validation.at(-2)?.toFixed(2) ?? 'unknown'} at step ${validation.at(-3) ?? 0}`,
    );
  }

  /**
   * @param {CanvasRenderingContext2D} draw @param {readonly number[]} points @param {number} stride
   * @param {(step: number) => number} x @param {(loss: number) => number} y @param {string} colour
   */
  #line(draw, points, stride, x, y, colour) {
    draw.beginPath();
    for (let i = 0; i < points.length; i += stride) draw.lineTo(x(points[i]), y(points[i + 1]));
    draw.strokeStyle = colour;
    draw.lineWidth = 2;
    draw.lineJoin = 'round';
    draw.stroke();
  }
}

/** Round values, a few of them, on a logarithmic scale. @param {number} bottom @param {number} top */
function ticks(bottom, top) {
  const all = [];
  for (let power = -3; power <= 3; power++) {
    for (const digit of [1, 1.5, 2, 3, 4, 5, 7]) all.push(Number((digit * 10 ** power).toPrecision(2)));
  }
  const within = all.filter((loss) => loss > bottom && loss < top);
  const every = Math.ceil(within.length / 6);
  return within.filter((_, i) => i % every === 0);
}
