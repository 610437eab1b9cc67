/** A held-out stretch as recorded, and as the model plays it: drawn one over the other, and heard. */

import { prepareCanvas } from '../shared/canvas.js';
import { clock, count } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingProject} TrainingProject */
/** @typedef {import('ddsp-worklet/train/browser').Comparison} Comparison */

export class Compare {
  /** @type {TrainingProject | null} */
  #project = null;
  /** @type {Comparison | null} */
  #shown = null;
  #request = 0;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioBufferSourceNode | null} */
  #playing = null;

  /** @param {HTMLSelectElement} list @param {HTMLCanvasElement} canvas @param {{ original: HTMLButtonElement, reconstruction: HTMLButtonElement }} buttons */
  constructor(list, canvas, buttons) {
    this.list = list;
    this.canvas = canvas;
    this.buttons = buttons;
    list.addEventListener('change', () => this.refresh());
    new ResizeObserver(() => this.#draw()).observe(canvas);
    for (const which of /** @type {const} */ (['original', 'reconstruction'])) {
      buttons[which].addEventListener('click', () => this.#toggle(which));
    }
  }

  /** @param {TrainingProject | null} project */
  async attach(project) {
    this.#stop();
    this.#project = project;
    this.#shown = null;
    this.#draw();
    const stretches = (await project?.heldOut()) ?? [];
    if (this.#project !== project) return;
    this.list.replaceChildren(
      ...stretches.map(({ source, seconds, duration }) => {
        const file = source.split('/').at(-1);
        return new Option(`${file} at ${clock(seconds)}, ${Math.round(duration)} s`);
      }),
    );
    await this.refresh();
  }

  /** Plays the chosen stretch through the model as it is now. */
  async refresh() {
    const project = this.#project;
    const request = ++this.#request;
    const index = this.list.selectedIndex;
    if (!project || index < 0) return;
    const shown = await project.compare(index);
    if (this.#project !== project || request !== this.#request) return;
    this.#shown = shown;
    const [label] = this.buttons.reconstruction.querySelectorAll('span');
    label.textContent = `Model, step ${count(shown.step)}`;
    for (const button of Object.values(this.buttons)) button.disabled = false;
    this.#draw();
  }

  /** @param {'original' | 'reconstruction'} which */
  #toggle(which) {
    const again = this.buttons[which].ariaPressed === 'true';
    this.#stop();
    if (again || !this.#shown) return;
    const { sampleRate } = this.#shown;
    const samples = this.#shown[which];
    this.#context ??= new AudioContext();
    this.#context.resume();
    const buffer = new AudioBuffer({ length: samples.length, sampleRate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#context.destination);
    source.addEventListener('ended', () => {
      if (this.#playing === source) this.#stop();
    });
    source.start();
    this.#playing = source;
    this.buttons[which].ariaPressed = 'true';
  }

  #stop() {
    const playing = this.#playing;
    this.#playing = null;
    playing?.stop();
    playing?.disconnect();
    for (const button of Object.values(this.buttons)) button.ariaPressed = 'false';
  }

  #draw() {
    const { draw, width, height } = prepareCanvas(this.canvas);
    const shown = this.#shown;
    for (const button of Object.values(this.buttons)) button.disabled = !shown;
    if (!shown || width === 0) return;
    const { original, reconstruction } = shown;
    const peak = original.reduce((most, value) => Math.max(most, Math.abs(value)), 0.02);
    const half = height / 2;
    drawWave(draw, original, peak, half / 2, half / 2 - 3, width, '#6fd3e8');
    drawWave(draw, reconstruction, peak, 1.5 * half, half / 2 - 3, width, '#ffb65c');
  }
}

/**
 * @param {CanvasRenderingContext2D} draw @param {Float32Array} samples @param {number} peak
 * @param {number} middle px @param {number} reach px @param {number} width px @param {string} colour
 */
function drawWave(draw, samples, peak, middle, reach, width, colour) {
  draw.fillStyle = colour;
  const perPixel = samples.length / width;
  for (let x = 0; x < width; x++) {
    let [low, high] = [0, 0];
    for (let i = Math.floor(x * perPixel); i < (x + 1) * perPixel && i < samples.length; i++) {
      low = Math.min(low, samples[i]);
      high = Math.max(high, samples[i]);
    }
    const top = Math.min(1, high / peak) * reach;
    const bottom = Math.max(-1, low / peak) * reach;
    draw.fillRect(x, middle - top - 0.5, 1, top - bottom + 1);
  }
}
