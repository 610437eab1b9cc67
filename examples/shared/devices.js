/** Which microphone is heard, and which device plays. */

import { element } from './page.js';
import { Settings } from './storage.js';

/** Chromium's; others play through the device that the system says. */
const CHOOSES_OUTPUT = 'AudioContext' in window && 'setSinkId' in AudioContext.prototype;

const HINT = 'Names appear when the microphone was allowed once.';
const NO_OUTPUT = 'This browser plays through the output that the system has chosen.';

export class Devices {
  #settings = new Settings('devices');
  #input = element('in-device', HTMLSelectElement);
  #output = element('out-device', HTMLSelectElement);

  /** @param {{ input: () => void, output: () => void }} changed what to do when another device is chosen */
  constructor(changed) {
    element('out-choice', HTMLElement).hidden = !CHOOSES_OUTPUT;
    for (const [list, act] of /** @type {const} */ ([
      [this.#input, changed.input],
      [this.#output, changed.output],
    ])) {
      list.addEventListener('change', () => {
        this.#settings.set(list.id, list.value);
        act();
      });
    }
    navigator.mediaDevices?.addEventListener?.('devicechange', () => this.refresh());
    this.refresh();
  }

  /** The chosen microphone; undefined: the system's. */
  get input() {
    return this.#input.value || undefined;
  }

  /** Lists the devices there are now. Names are there once the user has allowed a microphone. */
  async refresh() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    this.#list(
      this.#input,
      devices.filter(({ kind }) => kind === 'audioinput'),
    );
    this.#list(
      this.#output,
      devices.filter(({ kind }) => kind === 'audiooutput'),
    );
    const named = devices.some(({ label }) => label);
    element('devices-hint', HTMLElement).textContent = [named ? '' : HINT, CHOOSES_OUTPUT ? '' : NO_OUTPUT]
      .join(' ')
      .trim();
  }

  /** Sends the sound of `context` to the chosen output. @param {AudioContext} context */
  async useOutput(context) {
    if (!CHOOSES_OUTPUT || (!this.#output.value && !('sinkId' in context && context.sinkId))) return;
    const { setSinkId } = /** @type {{ setSinkId(id: string): Promise<void> } & AudioContext} */ (context);
    await setSinkId.call(context, this.#output.value).catch((cause) => {
      throw new Error('This output could not be opened. Choose another, or the system’s.', { cause });
    });
  }

  /** @param {HTMLSelectElement} list @param {MediaDeviceInfo[]} devices */
  #list(list, devices) {
    const chosen = list.value || this.#settings.get(list.id);
    const named = devices.filter(({ deviceId, label }) => label && deviceId && deviceId !== 'default');
    list.replaceChildren(
      new Option('The system’s', ''),
      ...named.map(({ label, deviceId }) => new Option(label, deviceId)),
    );
    if (named.some(({ deviceId }) => deviceId === chosen)) list.value = String(chosen);
  }
}
