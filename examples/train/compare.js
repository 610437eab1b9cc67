/** A held-out stretch as recorded, and as the model plays it: seen one above the other, and heard in turn. */

import { redrawWhenNeeded } from '../shared/canvas.js';
import { clock, count, sayError } from '../shared/page.js';
import { drawSpectrograms } from '../shared/spectrum.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingProject} TrainingProject */
/** @typedef {import('ddsp-worklet/train/browser').Comparison} Comparison */
/** @typedef {'original' | 'reconstruction'} Side */
/** @typedef {{ source: AudioBufferSourceNode, gain: GainNode }} Voice */

const SIDES = /** @type {const} */ (['original', 'reconstruction']);
/** Seconds within which one side takes over from the other. */
const CROSSING = 0.01;

export class Compare {
  /** @type {TrainingProject | null} */
  #project = null;
  /** @type {Comparison | null} */
  #shown = null;
  #request = 0;
  /** @type {AudioContext | null} */
  #context = null;
  /** Both play together, one of them unheard, so that a change of sides keeps the place. @type {Record<Side, Voice> | null} */
  #voices = null;

  /** @param {HTMLSelectElement} list @param {HTMLCanvasElement} canvas @param {Record<Side, HTMLButtonElement>} buttons */
  constructor(list, canvas, buttons) {
    this.list = list;
    this.canvas = canvas;
    this.buttons = buttons;
    list.addEventListener('change', () => this.refresh().catch(sayError));
    redrawWhenNeeded(canvas, () => this.#draw());
    for (const side of SIDES) buttons[side].addEventListener('click', () => this.#toggle(side));
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
        const option = new Option(`\u2068${file}\u2069 at ${clock(seconds)}, ${Math.round(duration)} s`);
        option.dir = 'auto';
        return option;
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
    this.#draw();
  }

  /** Plays a side, goes over to it from the other at the same place, or stops it. @param {Side} side */
  #toggle(side) {
    if (this.buttons[side].ariaPressed === 'true') {
      this.#stop();
      return;
    }
    this.#voices ??= this.#start();
    if (!this.#voices) return;
    for (const other of SIDES) {
      const { gain } = this.#voices[other].gain;
      gain.setTargetAtTime(other === side ? 1 : 0, this.#voices[other].gain.context.currentTime, CROSSING);
      this.buttons[other].ariaPressed = String(other === side);
    }
  }

  /** @returns {Record<Side, Voice> | null} both sides, unheard */
  #start() {
    const shown = this.#shown;
    if (!shown) return null;
    this.#context ??= new AudioContext();
    const context = this.#context;
    context.resume();
    const at = context.currentTime + 0.02;
    const voice = (/** @type {Side} */ side) => {
      const buffer = new AudioBuffer({ length: shown[side].length, sampleRate: shown.sampleRate });
      buffer.copyToChannel(shown[side], 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(context.destination);
      source.start(at);
      return { source, gain };
    };
    const voices = { original: voice('original'), reconstruction: voice('reconstruction') };
    voices.original.source.addEventListener('ended', () => {
      if (this.#voices === voices) this.#stop();
    });
    return voices;
  }

  #stop() {
    for (const { source, gain } of Object.values(this.#voices ?? {})) {
      source.stop();
      gain.disconnect();
    }
    this.#voices = null;
    for (const side of SIDES) this.buttons[side].ariaPressed = 'false';
  }

  #draw() {
    const shown = this.#shown;
    for (const side of SIDES) this.buttons[side].disabled = !shown;
    const { sampleRate = 1, original = new Float32Array(), reconstruction = original } = shown ?? {};
    drawSpectrograms(this.canvas, [
      { samples: original, sampleRate, colour: 'you' },
      { samples: reconstruction, sampleRate, colour: 'played' },
    ]);
  }
}
