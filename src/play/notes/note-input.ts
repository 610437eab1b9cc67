/**
 * Passes notes and MIDI to all engines that sound. While one engine takes over from another, both play the same notes.
 * Set-up may allocate; it runs in a message handler. The rest does not allocate.
 */

import type { Engine } from '../engine';
import type { Instrument } from '../instrument';
import { MidiParser } from './midi-parser';
import { NotePlayer, type NotePlayerOptions } from './note-player';

/** Largest number of engines at a time: one fades out, the next takes over, and a third waits. */
const ENGINES = 3;
const CHANNELS = 16;
const NOTE_ON = 0x90;
const NOTE_OFF = 0x80;
const CONTROL = 0xb0;
const SUSTAIN = 64;
const ALL_NOTES_OFF = 123;

export class NoteInput {
  readonly #options: NotePlayerOptions;
  readonly #players: NotePlayer[] = [];
  readonly #parser = new MidiParser();

  constructor(options: NotePlayerOptions = {}) {
    this.#options = options;
  }

  /**
   * Set-up only. Also plays on this engine from now on. The engine continues the notes whose keys are down.
   * @param engine with twice as many voices as the number of notes that may sound
   */
  connect(engine: Engine, instrument: Instrument): void {
    const player = new NotePlayer(engine, instrument, this.#options);
    const last = this.#players[this.#players.length - 1];
    if (last) player.takeOver(last);
    engine.conductor = player;
    this.#players.push(player);
    if (this.#players.length > ENGINES) this.#players.shift();
  }

  /** @param at sample of the host's clock */
  noteOn(at: number, note: number, velocity: number, channel = 0): void {
    this.#send(at, NOTE_ON | channel, note, velocity);
  }

  noteOff(at: number, note: number, channel = 0): void {
    this.#send(at, NOTE_OFF | channel, note, 0);
  }

  /** Accepts any bytes; see `MidiParser`. */
  midi(at: number, bytes: ArrayLike<number>): void {
    this.#parser.feed(bytes, (status, first, second) => this.#send(at, status, first, second));
  }

  /** Releases every note, also the sustained ones. */
  allNotesOff(at: number): void {
    for (let channel = 0; channel < CHANNELS; channel++) {
      this.#send(at, CONTROL | channel, SUSTAIN, 0);
      this.#send(at, CONTROL | channel, ALL_NOTES_OFF, 0);
    }
  }

  /** Stops every note at once and forgets all waiting events. */
  panic(): void {
    for (let i = 0; i < this.#players.length; i++) this.#players[i].panic();
  }

  #send(at: number, status: number, first: number, second: number): void {
    for (let i = 0; i < this.#players.length; i++) this.#players[i].send(at, status, first, second);
  }
}
