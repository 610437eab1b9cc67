/** The loss over the steps, of training (smoothed) and on the held-out recordings, and what that says. */

import { colours, redrawWhenNeeded } from '../shared/canvas.js';
import { count } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').LossCurves} LossCurves */

const NOTHING =
  'The loss is drawn here when training starts: how far the model is from the recordings. It should fall.';
/** A fall of the loss over the last third that counts as none. */
const STANDS_STILL = 0.01;

export class Chart {
  /** @type {LossCurves} */
  #curves = { training: [], validation: [] };
  /** @type {typeof import('uplot') | null} */
  #library = null;
  /** @type {import('uplot') | null} */
  #plot = null;
  #due = false;

  /** @param {HTMLElement} place @param {HTMLElement} words */
  constructor(place, words) {
    this.place = place;
    this.words = words;
    redrawWhenNeeded(place, () => this.#rebuild());
    // it refuses to load where a system's language is no language ("C"): the words say it all the same
    import('uplot').then(
      ({ default: library }) => {
        this.#library = library;
        this.#rebuild();
      },
      () => {
        place.hidden = true;
      },
    );
  }

  /** @param {LossCurves} curves */
  show(curves) {
    this.#curves = curves;
    const words = describe(curves);
    if (this.words.textContent !== words) this.words.textContent = words;
    this.place.setAttribute('aria-label', words);
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      if (this.#plot) this.#plot.setData(this.#data());
      else this.#rebuild();
    });
  }

  #rebuild() {
    this.#plot?.destroy();
    this.#plot = null;
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!this.#library || width === 0 || this.#curves.training.length === 0) return;
    const { soft, line, played, you } = colours();
    const axis = {
      stroke: soft,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      font: '12px system-ui',
    };
    this.#plot = new this.#library(
      {
        ...{ width, height, legend: { show: false }, cursor: { show: false } },
        scales: { x: { time: false }, y: { distr: 3, range: (_, low, high) => [low / 1.1, high * 1.05] } },
        axes: [
          { ...axis, values: (_, steps) => steps.map((step) => count(step)) },
          {
            ...axis,
            size: 46,
            values: (_, losses) =>
              losses.map((loss) => (loss === null ? '' : String(Number(loss.toPrecision(2))))),
          },
        ],
        series: [
          {},
          { stroke: played, width: 2, points: { show: (u) => u.data[0].length < 3 }, spanGaps: true },
          { stroke: you, width: 2, points: { show: true, size: 5, fill: you }, spanGaps: true },
        ],
      },
      this.#data(),
      this.place,
    );
  }

  /** Both curves over the steps of either. @returns {import('uplot').AlignedData} */
  #data() {
    const { training, validation } = this.#curves;
    /** @type {Map<number, [number | null, number | null]>} */
    const rows = new Map();
    for (let i = 0; i < training.length; i += 2) rows.set(training[i], [training[i + 1], null]);
    for (let i = 0; i < validation.length; i += 3) {
      rows.set(validation[i], [rows.get(validation[i])?.[0] ?? null, validation[i + 1]]);
    }
    const steps = [...rows.keys()].sort((a, b) => a - b);
    const column = (/** @type {0 | 1} */ i) => steps.map((step) => rows.get(step)?.[i] ?? null);
    return [steps, column(0), column(1)];
  }
}

/** @param {LossCurves} curves */
function describe({ training, validation }) {
  if (training.length === 0) return NOTHING;
  const losses = training.filter((_, i) => i % 2 === 1);
  const steps = training.at(-2) ?? 0;
  const [first, last] = [losses[0], losses[losses.length - 1]];
  const before = losses[Math.floor((2 * losses.length) / 3)];
  const heldOut =
    validation.length > 0 ? ` On held-out recordings it is ${validation.at(-2)?.toFixed(2)}.` : '';
  if (losses.length === 1) return `The loss is ${first.toFixed(2)} after the first step.${heldOut}`;
  const course = `The loss went from ${first.toFixed(2)} to ${last.toFixed(2)} in ${count(steps)} steps`;
  if (losses.length < 3) return `${course}.${heldOut}`;
  const meaning =
    last > first
      ? 'it does not learn yet'
      : 1 - last / before > STANDS_STILL
        ? 'it is learning'
        : 'it hardly moves any more, so that further training will change little';
  return `${course}: ${meaning}.${heldOut}`;
}
