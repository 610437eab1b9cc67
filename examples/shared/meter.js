/** A level bar over an AnalyserNode: peak of the last block, falling slowly. */

const FLOOR = -60;
/** dB a second */
const FALL = 40;

/** @param {number} amplitude */
export function decibels(amplitude) {
  return 20 * Math.log10(amplitude);
}

export class Meter {
  #samples = new Float32Array(1024);
  #shown = FLOOR;

  /** @param {HTMLElement} element a meter; its first child is the bar */
  constructor(element) {
    this.element = element;
    this.bar = /** @type {HTMLElement} */ (element.firstElementChild);
  }

  /** What it shows, dB, -60 to 0. */
  get level() {
    return this.#shown;
  }

  /** @param {AnalyserNode | null} analyser @param {number} seconds since the last call */
  draw(analyser, seconds) {
    this.#shown = Math.max(analyser ? this.#peak(analyser) : FLOOR, this.#shown - FALL * seconds);
    const at = Math.max(0, Math.min(1, 1 - this.#shown / FLOOR));
    this.bar.style.clipPath = `inset(0 ${((1 - at) * 100).toFixed(1)}% 0 0)`;
    this.element.setAttribute('aria-valuenow', String(Math.round(this.#shown)));
    this.element.setAttribute('aria-valuetext', `${Math.round(this.#shown)} dB`);
  }

  /** @param {AnalyserNode} analyser @returns {number} dB, FLOOR and up */
  #peak(analyser) {
    analyser.getFloatTimeDomainData(this.#samples);
    let peak = 0;
    for (const value of this.#samples) peak = Math.max(peak, Math.abs(value));
    return Math.min(0, Math.max(FLOOR, decibels(peak)));
  }
}
