/** Finds the notes of a whole recording from its frames. */

import type { Track } from '../../analysis/track';
import type { Statistics } from '../../model/model';
import { loudnessVelocity } from '../notes/velocity';
import { ValueLog } from '../value-log';
import { NOTE_VALUES, NoteTracker } from './note-tracker';

/** A note found in a recording. */
export interface HeardNote {
  /** onset and end, in seconds from the beginning */
  readonly time: number;
  readonly end: number;
  /** MIDI note number, 0 to 127 */
  readonly note: number;
  /** mean distance in cents of its pitch above that note */
  readonly cents: number;
  /** 1 to 127, from its loudest frame */
  readonly velocity: number;
}

/** Number of events between two reads of the log. */
const EVENTS = 64;

/**
 * Returns the notes that a `NoteTracker` finds.
 * @param frameSeconds seconds between frames; frame i lies at (i + 1/2) frameSeconds
 * @param statistics of the model whose velocity scale is used
 */
export function heardNotes(
  { f0, loudness }: Pick<Track, 'f0' | 'loudness'>,
  frameSeconds: number,
  statistics: Pick<Statistics, 'loudness'>,
): HeardNote[] {
  const log = new ValueLog(NOTE_VALUES, EVENTS);
  const tracker = new NoteTracker(log, 1);
  const events = new Float64Array(EVENTS * NOTE_VALUES);
  const notes: HeardNote[] = [];
  let onset = 0;
  const collect = () => {
    const count = log.drain(events);
    for (let i = 0; i < count; i++) {
      const [time, on, note, velocity, cents] = events.subarray(i * NOTE_VALUES, (i + 1) * NOTE_VALUES);
      if (on === 1) onset = time;
      else notes.push({ time: onset, end: time, note, velocity, cents });
    }
  };
  for (let i = 0; i < f0.length; i++) {
    tracker.next((i + 0.5) * frameSeconds, f0[i], loudness[i], loudnessVelocity(loudness[i], statistics));
    collect();
  }
  tracker.end(f0.length * frameSeconds);
  collect();
  return notes;
}
