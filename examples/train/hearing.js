/** The card where the model is heard while it learns. */

import { Knobs } from '../shared/knobs.js';
import { Meter } from '../shared/meter.js';
import { clearNotice, count, element, say } from '../shared/page.js';
import { Listener } from './listen.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingProject} TrainingProject */

export class Hearing {
  #button = element('hear', HTMLButtonElement);
  #step = element('heard-step', HTMLElement);
  #form = element('source-form', HTMLFormElement);
  #input = new Meter(element('in-level', HTMLElement));
  #output = new Meter(element('out-level', HTMLElement));
  #knobs = new Knobs(element('knobs', HTMLElement));
  /** @type {Listener | null} */
  #listener = null;

  /**
   * @param {import('../shared/devices.js').Devices} devices
   * @param {(action: () => Promise<void>) => void} enqueue
   */
  constructor(devices, enqueue) {
    this.devices = devices;
    this.enqueue = enqueue;
    element('reset', HTMLButtonElement).addEventListener('click', () => this.#knobs.reset());
    this.#form.addEventListener('change', () => this.change());
  }

  /** Plays what is chosen now, if anything plays. */
  change() {
    if (this.#listener) this.enqueue(async () => this.#listener?.change(this.#chosen(), this.devices.input));
  }

  async useOutput() {
    const { session } = this.#listener ?? {};
    if (session) await this.devices.useOutput(session.context);
  }

  /** @param {TrainingProject | null} project @param {() => number} step of the weights that it would give now */
  async toggle(project, step) {
    if (this.#listener) {
      await this.stop();
      return;
    }
    if (!project) return;
    clearNotice();
    const started = new Listener(project, step, (reason) => {
      if (this.#listener !== started) return;
      this.enqueue(() => this.stop());
      if (reason) say(reason, 'error');
    });
    this.#listener = started;
    this.#button.textContent = 'Starting …';
    try {
      const warning = await started.start(this.#chosen(), this.devices.input);
      if (warning) say(warning, 'info');
      this.devices.refresh();
      await this.useOutput();
      this.#knobs.attach(started.session?.node ?? null);
      this.#button.textContent = 'Stop';
      this.#button.dataset.playing = '';
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop() {
    const ending = this.#listener;
    this.#listener = null;
    this.#knobs.attach(null);
    this.#button.textContent = 'Hear it';
    delete this.#button.dataset.playing;
    this.#step.textContent = '';
    await ending?.stop();
  }

  /** @param {number} seconds since the last picture */
  draw(seconds) {
    const session = this.#listener?.session ?? null;
    this.#input.draw(session?.input ?? null, seconds);
    this.#output.draw(session?.output ?? null, seconds);
    const heard = session ? `step ${count(this.#listener?.step ?? 0)}` : '';
    if (this.#step.textContent !== heard) this.#step.textContent = heard;
  }

  #chosen() {
    return /** @type {'microphone' | 'phrase'} */ (new FormData(this.#form).get('source'));
  }
}
