/**
 * Plays notes on the voices of an engine: channels, pedals, legato and the choice of voices.
 *
 * A note at time T is heard from T plus one hop on, exact to the sample. Its voice begins in the first block after T,
 * at the offset that corresponds to T. Other events take effect at the next frame of the voices they concern.
 *
 * An engine has twice as many voices as the number of notes that may sound. When that number is reached, a new note
 * ends the quietest released note, or else the oldest note. The ended note fades out over one block. The new note
 * begins on a free voice.
 *
 * All methods except the constructor run on the audio thread and allocate nothing.
 */

import type { Engine } from '../engine';
import type { Instrument } from '../instrument';
import type { Voice } from '../voice';
import { Channel, MEMBER_BEND_RANGE } from './channel';
import { EventQueue, type NoteEvent } from './event-queue';
import type { NoteMode } from './note-mode';
import { NoteSource } from './note-source';

const CHANNELS = 16;
/** Default number of events that may wait. */
const WAITING = 4096;
/** Number of keys that a mono player remembers. */
const KEYS = 16;

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const KEY_PRESSURE = 0xa0;
const CONTROL = 0xb0;
const CHANNEL_PRESSURE = 0xd0;
const BEND = 0xe0;

const ALL_SOUND_OFF = 120;
const ALL_NOTES_OFF = 123;
const OMNI_OFF = 124;
const OMNI_ON = 125;
const MONO = 126;
const POLY = 127;

/** seed of the vibrato's variation; each note adds its own number */
const SEED = 1;

export interface NotePlayerOptions {
  /** default `poly` */
  readonly mode?: NoteMode;
  /** events that may wait for their time; default 4096 */
  readonly waiting?: number;
}

/** A voice and its note. */
interface Slot {
  readonly voice: Voice;
  readonly source: NoteSource;
  key: number;
  channel: number;
  /** number of the note; a lower number is older */
  order: number;
  /** the key of the note is down */
  held: boolean;
  /** the note ends with the current block */
  fading: boolean;
}

export class NotePlayer {
  mode: NoteMode;
  readonly #engine: Engine;
  readonly #polyphony: number;
  readonly #slots: readonly Slot[];
  readonly #channels = Array.from({ length: CHANNELS }, () => new Channel());
  readonly #queue: EventQueue;
  readonly #event: NoteEvent = { at: 0, status: 0, first: 0, second: 0 };
  /** keys that are down in mono mode; the last one is on top */
  readonly #keys = new Float64Array(KEYS);
  readonly #velocities = new Float64Array(KEYS);
  #keyCount = 0;
  #order = 0;
  /** pitch of the last note on each channel, for portamento; NaN: none */
  readonly #lastNote = new Float64Array(CHANNELS).fill(Number.NaN);

  /** Set-up only. @param engine with twice as many voices as the number of notes that may sound */
  constructor(
    engine: Engine,
    instrument: Instrument,
    { mode = 'poly', waiting = WAITING }: NotePlayerOptions = {},
  ) {
    this.#engine = engine;
    this.mode = mode;
    this.#queue = new EventQueue(waiting);
    this.#polyphony = Math.floor(engine.voices.length / 2);
    const { model, frame, hop, sampleRate } = instrument;
    this.#slots = engine.voices.map((voice) => ({
      voice,
      source: new NoteSource({
        articulation: model.articulation,
        statistics: model.statistics,
        frame,
        frameSeconds: hop / sampleRate,
        controls: engine.turned.values,
        seed: SEED,
      }),
      key: 0,
      channel: 0,
      order: 0,
      held: false,
      fading: false,
    }));
  }

  /** Number of events that were lost because the queue was full. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** Number of notes that sound or ring out. */
  get sounding(): number {
    let count = 0;
    for (let i = 0; i < this.#slots.length; i++) if (this.#slots[i].voice.source) count++;
    return count;
  }

  /**
   * Takes a channel message that takes effect at a given time.
   * @param at sample of the events' clock; a time in the past means now
   * @param first first data value; for notes it may be fractional
   */
  send(at: number, status: number, first: number, second: number): void {
    if (this.#queue.push(at, status, first, second)) return;
    // a full queue must not leave notes hanging
    this.panic();
  }

  /** Forgets all waiting events and fades out all notes. */
  panic(): void {
    this.#queue.clear();
    this.#keyCount = 0;
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      this.#fade(slot);
    }
  }

  /** Continues from another player: its channels, the notes that are not released, and the waiting events. */
  takeOver(other: NotePlayer): void {
    this.mode = other.mode;
    for (let i = 0; i < CHANNELS; i++) {
      const channel = this.#channels[i];
      channel.copy(other.#channels[i]);
      const { master } = other.#channels[i];
      channel.master = master && this.#channels[other.#channels.indexOf(master)];
    }
    this.#keyCount = other.#keyCount;
    this.#keys.set(other.#keys);
    this.#velocities.set(other.#velocities);
    other.#queue.copyTo(this.#queue);
    for (let i = 0; i < other.#slots.length; i++) {
      const { voice, source, held, fading, channel, key } = other.#slots[i];
      if (!voice.source || source.released || fading) continue;
      const slot = this.#begin(key, source.velocity, channel, 0);
      if (!slot) continue;
      slot.held = held;
      slot.source.follow(source);
      slot.voice.follow(voice);
    }
  }

  /**
   * Call it before the engine renders a block.
   * @param boundary sample of the engine's stream at which the block begins to be heard
   */
  beforeBlock(boundary: number): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      slot.fading = false;
      // however loud the model still is
      if (slot.source.finished) this.#fade(slot);
    }
    const { hop } = this.#engine;
    while (this.#queue.next < boundary + this.#engine.origin) {
      this.#queue.shift(this.#event);
      const { at, status, first, second } = this.#event;
      const offset = Math.min(Math.max(Math.round(at - this.#engine.origin + hop - boundary), 0), hop - 1);
      this.#apply(status, first, second, offset);
    }
  }

  #apply(status: number, first: number, second: number, offset: number): void {
    const index = status & 0x0f;
    const channel = this.#channels[index];
    switch (status & 0xf0) {
      case NOTE_ON:
        if (second > 0) this.#noteOn(first, second, index, offset);
        else this.#noteOff(first, index);
        break;
      case NOTE_OFF:
        this.#noteOff(first, index);
        break;
      case KEY_PRESSURE:
        for (let i = 0; i < this.#slots.length; i++) {
          const slot = this.#slots[i];
          if (this.#isOn(slot, index) && slot.key === first) slot.source.keyPressure = second / 127;
        }
        break;
      case CHANNEL_PRESSURE:
        channel.setPressure(first);
        break;
      case BEND:
        channel.setBend(first + (second << 7));
        break;
      case CONTROL:
        this.#control(first, second, index);
        break;
    }
  }

  #control(controller: number, value: number, index: number): void {
    switch (controller) {
      case ALL_SOUND_OFF:
        this.#keyCount = 0;
        for (let i = 0; i < this.#slots.length; i++) {
          const slot = this.#slots[i];
          if (this.#concerns(slot, index)) this.#fade(slot);
        }
        break;
      case MONO:
      case POLY:
      case ALL_NOTES_OFF:
      case OMNI_OFF:
      case OMNI_ON:
        if (controller === MONO) this.mode = 'mono';
        if (controller === POLY) this.mode = 'poly';
        this.#keyCount = 0;
        for (let i = 0; i < this.#slots.length; i++) {
          const slot = this.#slots[i];
          if (this.#concerns(slot, index)) this.#lift(slot);
        }
        break;
      default: {
        const members = this.#channels[index].control(controller, value);
        if (members >= 0) this.#configureZone(index, members);
        this.#shareRange(this.#channels[index]);
        for (let i = 0; i < this.#slots.length; i++) {
          const slot = this.#slots[i];
          if (this.#concerns(slot, index) && !slot.held && !this.#isSustained(slot)) slot.source.release();
        }
      }
    }
  }

  /** MPE: sets up a zone of `members` channels, upwards from the master (channel 1) or downwards (channel 16). */
  #configureZone(master: number, members: number): void {
    if (master !== 0 && master !== CHANNELS - 1) return;
    const step = master === 0 ? 1 : -1;
    // a master has no master of its own
    this.#channels[master].master = null;
    for (let i = 1; i < CHANNELS; i++) {
      const channel = this.#channels[master + step * i];
      if (i <= members) {
        channel.master = this.#channels[master];
        channel.bendRange = MEMBER_BEND_RANGE;
      } else if (channel.master === this.#channels[master]) {
        channel.master = null;
      }
    }
  }

  /** MPE: copies the bend range of one member to all members of the zone. */
  #shareRange({ master, bendRange }: Channel): void {
    if (!master) return;
    for (let i = 0; i < CHANNELS; i++) {
      if (this.#channels[i].master === master) this.#channels[i].bendRange = bendRange;
    }
  }

  #noteOn(key: number, velocity: number, channel: number, offset: number): void {
    if (this.mode === 'mono') this.#monoOn(key, velocity, channel, offset);
    else {
      for (let i = 0; i < this.#slots.length; i++) {
        const slot = this.#slots[i];
        if (this.#isOn(slot, channel) && slot.key === key && !slot.fading) this.#fade(slot);
      }
      this.#begin(key, velocity, channel, offset);
    }
    this.#lastNote[channel] = key;
  }

  #noteOff(key: number, channel: number): void {
    if (this.mode === 'mono') {
      this.#monoOff(key);
      return;
    }
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (this.#isOn(slot, channel) && slot.key === key && slot.held) this.#lift(slot);
    }
  }

  /** One voice: a key that is pressed while another is down continues in legato. */
  #monoOn(key: number, velocity: number, channel: number, offset: number): void {
    const playing = this.#held();
    this.#removeKey(key);
    if (this.#keyCount === KEYS) this.#removeKey(this.#keys[0]);
    this.#keys[this.#keyCount] = key;
    this.#velocities[this.#keyCount++] = velocity;
    if (playing) {
      playing.key = key;
      playing.channel = channel;
      playing.source.step(key, velocity);
      return;
    }
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (slot.voice.source && !slot.fading) this.#fade(slot);
    }
    this.#begin(key, velocity, channel, offset);
  }

  #monoOff(key: number): void {
    const playing = this.#held();
    this.#removeKey(key);
    if (!playing || playing.key !== key) return;
    if (this.#keyCount === 0) {
      this.#lift(playing);
      return;
    }
    const last = this.#keyCount - 1;
    playing.key = this.#keys[last];
    playing.source.step(playing.key, this.#velocities[last]);
  }

  #removeKey(key: number): void {
    for (let i = 0; i < this.#keyCount; i++) {
      if (this.#keys[i] !== key) continue;
      this.#keys.copyWithin(i, i + 1, this.#keyCount);
      this.#velocities.copyWithin(i, i + 1, this.#keyCount);
      this.#keyCount--;
      return;
    }
  }

  #held(): Slot | null {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (slot.voice.source && slot.held && !slot.fading) return slot;
    }
    return null;
  }

  #begin(key: number, velocity: number, channel: number, offset: number): Slot | null {
    if (this.#playing() >= this.#polyphony) this.#steal();
    const slot = this.#free();
    if (!slot) return null;
    const glides = this.#channels[channel].portamento;
    slot.key = key;
    slot.channel = channel;
    slot.order = this.#order++;
    slot.held = true;
    slot.source.begin(
      key,
      velocity,
      this.#channels[channel],
      slot.order,
      glides ? this.#lastNote[channel] : Number.NaN,
    );
    slot.voice.begin(slot.source, offset, true);
    return slot;
  }

  #playing(): number {
    let count = 0;
    for (let i = 0; i < this.#slots.length; i++) {
      const { voice, fading } = this.#slots[i];
      if (voice.source && !fading) count++;
    }
    return count;
  }

  #free(): Slot | null {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (!slot.voice.source) return slot;
    }
    return null;
  }

  /** Fades out the quietest released note, or else the oldest note. */
  #steal(): void {
    let chosen: Slot | null = null;
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (!slot.voice.source || slot.fading) continue;
      if (!chosen || this.#yieldsBefore(slot, chosen)) chosen = slot;
    }
    if (chosen) this.#fade(chosen);
  }

  #yieldsBefore(one: Slot, other: Slot): boolean {
    const { released } = one.source;
    if (released !== other.source.released) return released;
    return released ? one.source.loudness < other.source.loudness : one.order < other.order;
  }

  #isOn({ voice, channel }: Slot, index: number): boolean {
    return voice.source !== null && channel === index;
  }

  /** Whether the note is on this channel, or on a member of the MPE zone whose master this channel is. */
  #concerns({ voice, channel }: Slot, index: number): boolean {
    if (!voice.source) return false;
    return channel === index || this.#channels[channel].master === this.#channels[index];
  }

  #isSustained(slot: Slot): boolean {
    const channel = this.#channels[slot.channel];
    return channel.sustain || channel.master?.sustain === true;
  }

  /** A key goes up: its note is released, or sustained by the pedal. */
  #lift(slot: Slot): void {
    slot.held = false;
    if (!this.#isSustained(slot)) slot.source.release();
  }

  #fade(slot: Slot): void {
    if (!slot.voice.source || slot.fading) return;
    slot.held = false;
    slot.fading = true;
    slot.voice.fade();
  }
}
