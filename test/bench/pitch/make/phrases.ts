/** The phrases that soundfont instruments play: one pattern, laid over each instrument's range. */

import type { Note } from './midi';

export interface Instrument {
  readonly name: string;
  /** General MIDI, from 0 */
  readonly program: number;
  /** MIDI keys of the range played */
  readonly low: number;
  readonly high: number;
}

export const instruments: readonly Instrument[] = [
  { name: 'violin', program: 40, low: 55, high: 88 },
  { name: 'viola', program: 41, low: 48, high: 76 },
  { name: 'cello', program: 42, low: 36, high: 67 },
  { name: 'flute', program: 73, low: 60, high: 91 },
  { name: 'recorder', program: 74, low: 72, high: 93 },
  { name: 'oboe', program: 68, low: 58, high: 84 },
  { name: 'clarinet', program: 71, low: 50, high: 84 },
  { name: 'bassoon', program: 70, low: 36, high: 65 },
  { name: 'alto-sax', program: 65, low: 49, high: 80 },
  { name: 'tenor-sax', program: 66, low: 44, high: 75 },
  { name: 'trumpet', program: 56, low: 54, high: 82 },
  { name: 'trombone', program: 57, low: 40, high: 70 },
  { name: 'guitar', program: 24, low: 40, high: 76 },
];

/** Seconds before the first note. */
const LEAD = 0.15;
const MAJOR = [0, 2, 4, 5, 7, 9, 11, 12];

/**
 * Slurred scale from the bottom, detached arpeggio over the whole range, a soft long note and a loud one,
 * a fast run at the top, a rest, a last note: about 7.5 s.
 */
export function phrase({ low, high }: Instrument): Note[] {
  const notes: Note[] = [];
  let now = LEAD;
  /** @param share of its time that a note sounds */
  const play = (key: number, seconds: number, velocity: number, share = 1) => {
    notes.push({ start: now, end: now + seconds * share, key, velocity });
    now += seconds;
  };
  for (const step of MAJOR) play(low + step, 0.26, 85);
  const arpeggio = [0, 7, 12, 16, 19, 24, 28, 31, 36].map((step) => low + step).filter((key) => key <= high);
  for (const key of [...arpeggio, ...arpeggio.slice(0, -1).reverse()]) play(key, 0.17, 100, 0.7);
  const middle = Math.round((low + high) / 2);
  play(middle, 0.8, 45);
  play(middle + 5, 0.8, 118);
  for (const step of [12, 11, 9, 7, 5, 4, 2, 0]) play(high - 12 + step, 0.11, 95);
  now += 0.35;
  play(middle - 4, 0.6, 75);
  return notes;
}
