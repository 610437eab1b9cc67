/** A MIDI file, played live. */

import { readMidi } from 'ddsp-worklet';

/** How far ahead messages are sent, seconds, and how often, milliseconds. */
const AHEAD = 0.3;
const INTERVAL_MS = 100;
/** Time for the first messages to arrive, seconds. */
const LEAD = 0.1;

/** @typedef {import('./sound.js').Sound} Sound */

export class Song {
  /** @type {Awaited<ReturnType<typeof readMidi>>} */
  #messages = [];
  #sent = 0;
  #shown = 0;
  #start = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {Sound} sound
   * @param {(bytes: ArrayLike<number>) => void} show a message that is heard now
   * @param {() => void} ended
   */
  constructor(sound, show, ended) {
    this.sound = sound;
    this.show = show;
    this.ended = ended;
  }

  get playing() {
    return this.#timer !== undefined;
  }

  /** Seconds from the first note to the last. */
  get seconds() {
    return this.#messages.at(-1)?.time ?? 0;
  }

  /** @param {File} file @throws a MidiFileError that says what is wrong with it */
  async read(file) {
    this.stop();
    this.#messages = await readMidi(await file.arrayBuffer());
  }

  /** From its beginning. @param {number} now in the context's seconds */
  play(now) {
    this.stop();
    this.#sent = 0;
    this.#shown = 0;
    this.#start = now + LEAD;
    this.#timer = setInterval(() => this.#send(), INTERVAL_MS);
    this.#send();
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.sound.silence();
    // what was sent ahead still comes: each message is followed by silence
    for (const { time } of this.#messages.slice(this.#shown, this.#sent)) {
      this.sound.silence(this.#start + time);
    }
    this.ended();
  }

  /** Shows what has been heard since the last call. @param {number} now in the context's seconds */
  draw(now) {
    const messages = this.#messages;
    if (!this.playing) return;
    while (this.#shown < this.#sent && messages[this.#shown].time + this.#start <= now) {
      this.show(messages[this.#shown++].bytes);
    }
    if (this.#shown === messages.length) this.stop();
  }

  #send() {
    const { session } = this.sound;
    if (!session) return;
    const until = session.context.currentTime + AHEAD - this.#start;
    const messages = this.#messages;
    for (; this.#sent < messages.length && messages[this.#sent].time < until; this.#sent++) {
      this.sound.midi(messages[this.#sent].bytes, this.#start + messages[this.#sent].time);
    }
  }
}
