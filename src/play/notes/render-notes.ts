/** Offline renders of notes. */

import { OptionError } from '../../errors';
import type { Model } from '../../model/model';
import { checkKeys, checkNumber, show } from '../../options';
import { OFFLINE_KEYS, type OfflineOptions, perform } from '../offline';
import { NoteInput } from './note-input';
import { checkMode, type NoteMode } from './note-mode';
import { type MidiFileOptions, readMidi } from './read-midi';
import { checkNote, eventsOf, type MidiMessage, type Note } from './score';

export interface NotesOptions extends OfflineOptions, MidiFileOptions {
  /** maximum number of notes at a time, 1 to 64; default 16 */
  readonly voices?: number;
  /** `mono`: one note at a time, legato, last-note priority; default `poly` */
  readonly mode?: NoteMode;
}

const VOICES = { minimum: 1, maximum: 64, whole: true };
const DEFAULT_VOICES = 16;
/** Seconds after the last event, for released notes and the tail of the reverb. */
const RELEASE = 2;
/** number of messages in `NoteInput.allNotesOff` */
const ALL_OFF = 32;
/** maximum length of a result in samples: an hour at 48 kHz, 0.7 GB */
const MOST_SAMPLES = 3600 * 48_000;

/**
 * Plays notes and MIDI messages through `model`. A note begins exactly at its time.
 * @param notes a list, or the bytes of a MIDI file; see {@link readMidi}
 * @returns mono samples: up to the last event, the release of its notes and the tail of the reverb
 * @throws (rejects with) OptionError that names the note and field, e.g. `notes[3].velocity`, or if the sound is longer
 *   than an hour (at 48 kHz); MidiFileError for a file that cannot be played
 */
export async function renderNotes(
  model: Model,
  notes: readonly (Note | MidiMessage)[] | ArrayBuffer | Uint8Array,
  options: NotesOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, [...OFFLINE_KEYS, 'voices', 'mode', 'channels']);
  const { voices = DEFAULT_VOICES, mode = 'poly', channels, ...offline } = options;
  checkNumber('voices', voices, VOICES);
  checkMode(mode);
  const score = await scoreOf(notes, channels);
  score.forEach(checkNote);
  return perform(model, offline, { listening: null, voices: 2 * voices }, (engine, instrument) => {
    const events = eventsOf(score, engine.sampleRate);
    const length = events[events.length - 1].at + Math.ceil(RELEASE * engine.sampleRate) + engine.tail;
    checkLength(length, engine.sampleRate);
    const input = new NoteInput({ mode, waiting: events.length + ALL_OFF });
    input.connect(engine, instrument);
    let next = 0;
    const feed = (end: number) => {
      for (; next < events.length && events[next].at < end; next++) events[next].send(input);
    };
    return { audio: null, length, feed };
  });
}

async function scoreOf(
  notes: readonly (Note | MidiMessage)[] | ArrayBuffer | Uint8Array,
  channels: readonly number[] | undefined,
): Promise<readonly (Note | MidiMessage)[]> {
  if (notes instanceof ArrayBuffer || notes instanceof Uint8Array) return readMidi(notes, { channels });
  if (channels !== undefined)
    throw new OptionError('channels', 'is for MIDI files', {
      remedy: 'leave out the notes that are not to play',
    });
  if (!Array.isArray(notes))
    throw new OptionError(
      'notes',
      `expected a list of notes or the bytes of a MIDI file, found ${show(notes)}`,
    );
  return notes;
}

/** @throws OptionError if the result would not fit into memory */
function checkLength(length: number, sampleRate: number): void {
  if (length <= MOST_SAMPLES) return;
  const [found, most] = [length, MOST_SAMPLES].map((samples) => Math.ceil(samples / sampleRate));
  throw new OptionError(
    'notes',
    `they end after ${found} s; at ${sampleRate} Hz at most ${most} s are rendered`,
    {
      remedy: 'render them in parts',
    },
  );
}
