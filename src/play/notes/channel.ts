/** A MIDI channel: the effect of its controllers, bend and pressure on its notes. */

import type { Expression } from './note-source';

const CENTRE = 8192;
/** semitones, by the MIDI and the MPE specification */
const BEND_RANGE = 2;
export const MEMBER_BEND_RANGE = 48;
/** share of the loudness range that full channel pressure adds */
const PRESSURE = 0.5;
/** portamento time that leaves glides as learned, and the number of steps that doubles their duration */
const GLIDE = 64;
const GLIDE_OCTAVE = 16;
/** the volume at which a model plays as trained */
const VOLUME = 100;
const NULL_PARAMETER = 0x3fff;

export class Channel implements Expression {
  /** master of an MPE zone; its bend and pressure also apply to this channel; null: none */
  master: Channel | null = null;
  /** the sustain pedal is down */
  sustain = false;
  /** notes glide from the previous note */
  portamento = false;
  /** semitones from the middle of the bend wheel to either end */
  bendRange = BEND_RANGE;
  #bend = CENTRE;
  #modulation = 0;
  #pressure = 0;
  #breath = 127;
  #expression = 127;
  #volume = VOLUME;
  #glide = GLIDE;
  /** the registered parameter that data entry changes */
  #parameter = NULL_PARAMETER;

  get bend(): number {
    const own = ((this.#bend - CENTRE) / CENTRE) * this.bendRange;
    return own + (this.master?.bend ?? 0);
  }

  get modulation(): number {
    return Math.min(this.#modulation / 127 + (this.master?.modulation ?? 0), 1);
  }

  get pressure(): number {
    const softer = (this.#expression - 127) / 127 + (this.#breath - 127) / 127;
    const own = softer + (PRESSURE * this.#pressure) / 127;
    return Math.min(Math.max(own + (this.master?.pressure ?? 0), -1), 1);
  }

  get gain(): number {
    return (this.#volume / VOLUME) ** 2 * (this.master?.gain ?? 1);
  }

  get glide(): number {
    return this.#glide === 0 ? 0 : 2 ** ((this.#glide - GLIDE) / GLIDE_OCTAVE);
  }

  /** @param value 0..16383 */
  setBend(value: number): void {
    this.#bend = value;
  }

  /** @param value 0..127 */
  setPressure(value: number): void {
    this.#pressure = value;
  }

  /**
   * Takes a controller that affects sounding notes.
   * @returns the number of member channels if this was an MPE configuration message, else -1
   */
  control(controller: number, value: number): number {
    switch (controller) {
      case 1:
        this.#modulation = value;
        break;
      case 2:
        this.#breath = value;
        break;
      case 5:
        this.#glide = value;
        break;
      case 6:
        return this.#dataEntry(value);
      case 38:
        // cents, after the semitones
        if (this.#parameter === 0) this.bendRange = Math.floor(this.bendRange) + value / 100;
        break;
      case 7:
        this.#volume = value;
        break;
      case 11:
        this.#expression = value;
        break;
      case 64:
        this.sustain = value >= 64;
        break;
      case 65:
        this.portamento = value >= 64;
        break;
      case 98:
      case 99:
        // an unregistered parameter
        this.#parameter = NULL_PARAMETER;
        break;
      case 100:
        this.#parameter = (this.#parameter & 0x3f80) | value;
        break;
      case 101:
        this.#parameter = (this.#parameter & 0x7f) | (value << 7);
        break;
      case 121:
        this.resetControllers();
        break;
    }
    return -1;
  }

  /** Resets the controllers as RP-015 says: volume, portamento time and bend range do not change. */
  resetControllers(): void {
    this.#bend = CENTRE;
    this.#modulation = 0;
    this.#pressure = 0;
    this.#breath = 127;
    this.#expression = 127;
    this.#parameter = NULL_PARAMETER;
    this.sustain = false;
    this.portamento = false;
  }

  /** Copies everything from a channel of another player. */
  copy(other: Channel): void {
    this.sustain = other.sustain;
    this.portamento = other.portamento;
    this.bendRange = other.bendRange;
    this.#bend = other.#bend;
    this.#modulation = other.#modulation;
    this.#pressure = other.#pressure;
    this.#breath = other.#breath;
    this.#expression = other.#expression;
    this.#volume = other.#volume;
    this.#glide = other.#glide;
    this.#parameter = other.#parameter;
  }

  #dataEntry(value: number): number {
    if (this.#parameter === 0) this.bendRange = value;
    return this.#parameter === 6 ? value : -1;
  }
}
