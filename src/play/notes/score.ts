/** A score: notes and MIDI messages with times, converted to events in samples. */

import { checkKeys, checkNumber } from '../../options';
import type { NoteInput } from './note-input';

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

const NOTE = { minimum: 0, maximum: 127 };
const VELOCITY = { minimum: 1, maximum: 127 };
const CHANNEL = { minimum: 1, maximum: 16, whole: true };
const TIME = { minimum: 0, maximum: 86_400, unit: 's' };

export interface ScoreEvent {
  /** sample at which the event takes effect */
  readonly at: number;
  send(input: NoteInput): void;
}

/** The events in order. At the same sample, notes end before others begin. Finally everything is released. */
export function eventsOf(notes: readonly (Note | MidiMessage)[], sampleRate: number): readonly ScoreEvent[] {
  const sample = (seconds: number) => Math.round(seconds * sampleRate);
  const offs: ScoreEvent[] = [];
  const others: ScoreEvent[] = [];
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
  const events = [...offs, ...others].sort((a, b) => a.at - b.at);
  const last = events[events.length - 1]?.at ?? 0;
  return [...events, { at: last, send: (input) => input.allNotesOff(last) }];
}

/** @throws OptionError that names the note and field */
export function checkNote(each: Note | MidiMessage, index: number): void {
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
