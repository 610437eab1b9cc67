/** Offline renders of notes. */

import { CONTROL_NAMES } from '../../controls';
import type { Model } from '../../model/model';
import { checkKeys, checkNumber } from '../../options';
import { newEngine, OFFLINE_KEYS, type OfflineOptions, run } from '../offline';
import { NoteInput } from './note-input';
import { checkMode, type NoteMode } from './note-mode';

/** A note of a score. */
export interface Note {
  /** MIDI note number, 0 to 127; fractions are microtones */
  readonly note: number;
  /** 1 to 127; default 100 */
  readonly velocity?: number;
  /** seconds from the beginning, 0 and up */
  readonly time: number;
  /** seconds until it is released, more than 0 */
  readonly duration: number;
  /** 1 to 16; default 1 */
  readonly channel?: number;
}

/** MIDI bytes that take effect at a time: bends, pedals, controllers, notes. */
export interface MidiMessage {
  /** seconds from the beginning */
  readonly time: number;
  readonly bytes: ArrayLike<number>;
}

export interface NotesOptions extends OfflineOptions {
  /** notes that may sound at a time, 1 to 64; default 16 */
  readonly voices?: number;
  /** `mono`: one note at a time, legato, last-note priority; default `poly` */
  readonly mode?: NoteMode;
}

const VOICES = { minimum: 1, maximum: 64, whole: true };
const DEFAULT_VOICES = 16;
const NOTE = { minimum: 0, maximum: 127 };
const VELOCITY = { minimum: 1, maximum: 127 };
const CHANNEL = { minimum: 1, maximum: 16, whole: true };
const TIME = { minimum: 0, maximum: 86_400, unit: 's' };
/** Seconds after the last event in which released notes and the reverb's tail may sound. */
const RELEASE = 2;

/**
 * Plays notes and MIDI messages through `model`. A note begins exactly at its time.
 * @returns mono samples: up to the last event, the release of its notes and the reverb's tail
 * @throws (rejects with) OptionError that names the note and field, e.g. `notes[3].velocity`
 */
export async function renderNotes(
  model: Model,
  notes: readonly (Note | MidiMessage)[],
  options: NotesOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, [...OFFLINE_KEYS, ...CONTROL_NAMES, 'voices', 'mode']);
  const { voices = DEFAULT_VOICES, mode = 'poly', ...offline } = options;
  checkNumber('voices', voices, VOICES);
  checkMode(mode);
  notes.forEach(checkNote);
  const { engine, instrument } = await newEngine(model, offline, { listening: null, voices: 2 * voices });
  const input = new NoteInput({ mode });
  input.connect(engine, instrument);
  const events = eventsOf(notes, engine.sampleRate);
  const last = events[events.length - 1]?.at ?? 0;
  let next = 0;
  const feed = (end: number) => {
    for (; next < events.length && events[next].at < end; next++) events[next].send(input);
  };
  const length = last + Math.ceil(RELEASE * engine.sampleRate) + engine.tail;
  return run(engine, null, length, offline, feed);
}

interface Event {
  /** sample at which it takes effect */
  readonly at: number;
  send(input: NoteInput): void;
}

/** In order; of the same sample, notes end before others begin. */
function eventsOf(notes: readonly (Note | MidiMessage)[], sampleRate: number): readonly Event[] {
  const sample = (seconds: number) => Math.round(seconds * sampleRate);
  const offs: Event[] = [];
  const others: Event[] = [];
  for (const each of notes) {
    const at = sample(each.time);
    if ('bytes' in each) {
      others.push({ at, send: (input) => input.midi(at, each.bytes) });
      continue;
    }
    const { note, velocity = 100, time, duration, channel = 1 } = each;
    const end = sample(time + duration);
    others.push({ at, send: (input) => input.noteOn(at, note, velocity, channel - 1) });
    offs.push({ at: end, send: (input) => input.noteOff(end, note, channel - 1) });
  }
  return [...offs, ...others].sort((a, b) => a.at - b.at);
}

function checkNote(each: Note | MidiMessage, index: number): void {
  const path = `notes[${index}]`;
  if (typeof each === 'object' && each !== null && 'bytes' in each) {
    checkKeys(path, each, ['time', 'bytes']);
    checkNumber(`${path}.time`, each.time, TIME);
    return;
  }
  checkKeys(path, each, ['note', 'velocity', 'time', 'duration', 'channel']);
  checkNumber(`${path}.note`, each.note, NOTE);
  if (each.velocity !== undefined) checkNumber(`${path}.velocity`, each.velocity, VELOCITY);
  if (each.channel !== undefined) checkNumber(`${path}.channel`, each.channel, CHANNEL);
  checkNumber(`${path}.time`, each.time, TIME);
  checkNumber(`${path}.duration`, each.duration, TIME);
}
