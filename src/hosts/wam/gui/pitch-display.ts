/** The pitch that is heard: its note, and its curve over the last seconds. */

import type { DDSPNode } from '../../../web/ddsp-node';
import type { AnalysisFrame } from '../../../web/heard';

const SECONDS = 4;
const NAMES = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];
/** MIDI note numbers of the lower and the upper edge */
const LOWEST = 36;
const HIGHEST = 96;
const OCTAVE = 12;

export class PitchDisplay {
  readonly element = document.createElement('figure');
  readonly #node: DDSPNode;
  readonly #canvas = document.createElement('canvas');
  readonly #caption = document.createElement('figcaption');
  readonly #frames: AnalysisFrame[] = [];
  #request = 0;

  constructor(node: DDSPNode) {
    this.#node = node;
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', 'The pitch that is heard, over the last seconds');
    this.element.append(this.#canvas, this.#caption);
  }

  start(): void {
    this.#node.addEventListener('analysis', this.#take);
    this.#draw();
  }

  stop(): void {
    this.#node.removeEventListener('analysis', this.#take);
    cancelAnimationFrame(this.#request);
  }

  readonly #take = ({ detail }: CustomEvent<AnalysisFrame>): void => {
    this.#frames.push(detail);
    while (this.#frames[0].time < detail.time - SECONDS) this.#frames.shift();
  };

  readonly #draw = (): void => {
    this.#request = requestAnimationFrame(this.#draw);
    const last = this.#frames[this.#frames.length - 1];
    const text = last?.note ? noteName(last.f0) : '–';
    if (this.#caption.textContent !== text) this.#caption.textContent = text;
    const canvas = this.#canvas;
    const { clientWidth, clientHeight } = canvas;
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const drawing = canvas.getContext('2d');
    if (!drawing) return;
    const style = getComputedStyle(canvas);
    const y = (note: number) => height * (1 - (note - LOWEST) / (HIGHEST - LOWEST));
    drawing.clearRect(0, 0, width, height);
    drawing.fillStyle = style.borderColor;
    for (let note = LOWEST; note <= HIGHEST; note += OCTAVE) drawing.fillRect(0, y(note), width, scale);
    drawing.fillStyle = style.color;
    const now = this.#node.context.currentTime;
    for (const { time, f0, note } of this.#frames) {
      if (note)
        drawing.fillRect(width * (1 - (now - time) / SECONDS), y(noteOf(f0)) - scale, 2 * scale, 2 * scale);
    }
  };
}

function noteOf(f0: number): number {
  return 69 + 12 * Math.log2(f0 / 440);
}

/** Such as `A4 +12 cents`. */
function noteName(f0: number): string {
  const note = noteOf(f0);
  const nearest = Math.round(note);
  const cents = Math.round(100 * (note - nearest));
  const name = NAMES[((nearest % OCTAVE) + OCTAVE) % OCTAVE];
  return `${name}${Math.floor(nearest / OCTAVE) - 1} ${cents < 0 ? '−' : '+'}${Math.abs(cents)} cents`;
}
