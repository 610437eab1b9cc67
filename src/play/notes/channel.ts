/** A MIDI channel: what its controllers, bend and pressure do to its notes. */

import type { Expression } from './note-source';

const CENTRE = 8192;
/** semitones, by the MIDI and the MPE specification */
const BEND_RANGE = 2;
export const MEMBER_BEND_RANGE = 48;
/** share of the loudness range that full channel pressure adds */
const PRESSURE = 0.5;
/** portamento time that leaves glides as learned, and how many steps of it double them */
const GLIDE = 64;
const GLIDE_OCTAVE = 16;
/** the volume that plays a model as trained */
const VOLUME = 100;
const NULL_PARAMETER = 0x3fff;

export class Channel implements Expression {
  /** a zone's master in MPE, whose bend and pressure count for this channel, too; null: none */
  master: Channel | null = null;
  /** the sustain pedal is down */
  sustain = false;
  /** notes glide from the one before */
  portamento = false;
  /** semitones from the middle to an end of the bend wheel */
  bendRange = BEND_RANGE;
  #bend = CENTRE;
  #modulation = 0;
  #pressure = 0;
  #breath = 127;
  #expression = 127;
  #volume = VOLUME;
  #glide = GLIDE;
  /** registered parameter that data entry changes */
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
   * Takes a controller that concerns sounding notes.
   * @returns the number of member channels where this was an MPE configuration message, else -1
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
        // cents, behind the semitones
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
        // a parameter that is not registered
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

  /** Controllers as RP-015 says: volume, portamento time and bend range stay. */
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

  /** Takes over everything from a channel of another player. */
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
