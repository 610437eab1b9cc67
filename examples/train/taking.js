/** Records the microphone for training: a take is listened to, then used or dropped. */

import { Meter } from '../shared/meter.js';
import { clock, element, say, sayError } from '../shared/page.js';
import { LONGEST_TAKE, Recorder } from '../shared/recorder.js';
import { loadProcessors } from '../shared/session.js';
import { microphone } from '../shared/sources.js';
import { Takes } from '../shared/takes.js';

/** @typedef {import('../shared/takes.js').Take} Take */
/** @typedef {{ context: AudioContext, source: import('../shared/sources.js').Source, level: AnalyserNode, recorder: Recorder }} Running */

export class Taking {
  #button = element('record', HTMLButtonElement);
  #meter = new Meter(element('take-level', HTMLElement));
  #box = element('take-meter', HTMLElement);
  #takes;
  /** @type {Running | null} */
  #running = null;

  /**
   * @param {import('../shared/devices.js').Devices} devices
   * @param {(file: File) => Promise<void>} use takes it as a recording of the instrument
   */
  constructor(devices, use) {
    this.devices = devices;
    const useTake = async (/** @type {Take} */ take) => {
      await use(new File([take.sound], `${take.name}.wav`, { type: 'audio/wav' }));
      await this.#takes.drop(take);
    };
    this.#takes = new Takes(element('takes', HTMLElement), 'train', [
      { label: 'Train with it', act: useTake },
    ]);
  }

  async toggle() {
    if (this.#running) await this.end();
    else await this.#start();
  }

  async #start() {
    const context = new AudioContext();
    try {
      const [source] = await Promise.all([microphone(context, this.devices.input), loadProcessors(context)]);
      this.devices.refresh();
      context.resume();
      const level = new AnalyserNode(context, { fftSize: 1024 });
      source.node.connect(level);
      const running = { context, source, level, recorder: new Recorder(source.node) };
      this.#running = running;
      source.ended.then((reason) => {
        if (this.#running !== running) return;
        say(reason, 'error');
        this.end().catch(sayError);
      });
      this.#button.ariaPressed = 'true';
      this.#box.hidden = false;
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  async end() {
    const ending = this.#running;
    if (!ending) return;
    this.#running = null;
    this.#button.ariaPressed = 'false';
    this.#button.textContent = 'Record with the microphone';
    this.#box.hidden = true;
    const taken = await ending.recorder.stop();
    ending.source.close();
    await ending.context.close();
    const at = new Date().toLocaleTimeString('en', { hour12: false }).replaceAll(':', '.');
    if (taken.seconds > 0) await this.#takes.add({ name: `Take ${at}`, ...taken });
  }

  /** @param {number} seconds since the last picture */
  draw(seconds) {
    const running = this.#running;
    if (!running) return;
    this.#meter.draw(running.level, seconds);
    const shown = `Stop recording, ${clock(running.recorder.seconds)}`;
    if (this.#button.textContent !== shown) this.#button.textContent = shown;
    if (running.recorder.seconds > LONGEST_TAKE) this.end().catch(sayError);
  }
}
