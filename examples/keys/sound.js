/** What sounds: an instrument that notes play, and a second one that it can turn into. */

import { clearNotice } from '../shared/page.js';
import { Session } from '../shared/session.js';
import { watch } from '../shared/watch.js';

/** Notes that may sound at a time. */
const VOICES = 16;
/** MIDI controllers. */
const ALL_SOUND_OFF = 120;
const CHANNELS = 16;

/**
 * @typedef {object} Parts what the page brings
 * @property {() => Promise<ArrayBuffer>} loadModel what is chosen
 * @property {() => Promise<ArrayBuffer | null>} loadSecond what it turns into; null: nothing
 * @property {(session: Session) => void} started
 * @property {() => Promise<void>} stopping before the sound ends
 * @property {(status: string) => void} show
 * @property {() => void} end stops, after what else is under way
 */

export class Sound {
  /** @type {Session | null} */
  session = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /** Call it from a click or a key: browsers let a page sound only then. */
  async start() {
    const { parts } = this;
    if (this.session) return;
    clearNotice();
    parts.show('Starting …');
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      const session = await Session.open(context, await parts.loadModel(), { voices: VOICES });
      const second = await parts.loadSecond();
      if (second) await session.node.setModel(second, { slot: 'b' });
      this.session = session;
      watch(session, { current: () => this.session === session, show: parts.show, end: parts.end });
      parts.started(session);
      // not awaited: without a sound device it may never come true
      context.resume();
    } catch (error) {
      parts.show('Stopped');
      await context.close();
      throw error;
    }
  }

  async stop() {
    const ending = this.session;
    if (!ending) return;
    await this.parts.stopping();
    this.session = null;
    this.parts.show('Stopped');
    await ending.close();
  }

  /** Plays on with the instrument that is chosen now. */
  async changeModel() {
    await this.session?.setModel(await this.parts.loadModel());
  }

  /** Takes the second instrument that is chosen now. */
  async changeSecond() {
    if (this.session) await this.session.node.setModel(await this.parts.loadSecond(), { slot: 'b' });
  }

  /** @param {number} note @param {number} velocity */
  noteOn(note, velocity) {
    this.session?.node.noteOn(note, velocity);
  }

  /** @param {number} note */
  noteOff(note) {
    this.session?.node.noteOff(note);
  }

  /** @param {ArrayLike<number>} bytes @param {number} [time] in the context's seconds; default: now */
  midi(bytes, time) {
    this.session?.node.midi(bytes, time);
  }

  /** @param {number} controller @param {number} value 0..127 */
  control(controller, value) {
    this.midi([0xb0, controller, Math.round(value)]);
  }

  /** Ends everything at once, on every channel. @param {number} [time] in the context's seconds; default: now */
  silence(time) {
    for (let channel = 0; channel < CHANNELS; channel++) this.midi([0xb0 | channel, ALL_SOUND_OFF, 0], time);
  }
}
