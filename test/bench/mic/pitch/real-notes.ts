/**
 * Single notes of real instruments, which sound the pitch that their file names say: how many are played
 * with a leap, between the first and the last voiced frame.
 */

import type { Figure, MicCase } from '../case';
import type { Sounds } from '../sounds';
import { cents, DEFAULT_SETTINGS, hear, LEAP } from './heard';

/** Folders of `audio/` with such names, and what share of the notes may be played with a leap. */
const FOLDERS = ['bassoon', 'oboe', 'flute', 'french-horn', 'trombone', 'clarinet'];
const ALLOWED = 1;
/** Long enough to have a pitch, and played without effects. */
const NOTE = /_([A-G])(s?)(\d)_(15|1|long|very-long)_.*normal/;
const STEPS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
/** With more of a note's frames off by an octave its name is wrong (loud trombones, a flute above the range). */
const WRONG_NAME = 0.3;

export interface NoteCount {
  notes: number;
  /** played with a leap up, or down, or either */
  up: number;
  down: number;
  leaps: number;
  /** voiced frames, of all notes, and those within 80 cents */
  frames: number;
  right: number;
  /** files that are played with a leap: `name up/down` in frames */
  readonly files: string[];
}

/** Hz, or undefined if the name of the file is not that of such a note. */
export function noteOf(file: string): number | undefined {
  const found = NOTE.exec(file);
  if (!found) return undefined;
  const midi = STEPS[found[1]] + (found[2] ? 1 : 0) + 12 * (Number(found[3]) + 1);
  return 440 * 2 ** ((midi - 69) / 12);
}

/** Adds one note. */
export function count(
  into: NoteCount,
  file: string,
  hz: number,
  { f0, heldF0 }: { readonly f0: Float32Array; readonly heldF0: Float32Array },
): void {
  const voiced = f0.filter((found) => found > 0);
  const off = voiced.filter((found) => Math.abs(cents(found, hz)) > LEAP);
  into.frames += voiced.length;
  into.right += voiced.filter((found) => Math.abs(cents(found, hz)) < 80).length;
  if (off.length > WRONG_NAME * voiced.length) return;
  into.notes++;
  const first = f0.findIndex((found) => found > 0);
  const last = f0.findLastIndex((found) => found > 0);
  const played = heldF0.subarray(Math.max(first, 0), last + 1);
  const up = played.filter((found) => cents(found, hz) > LEAP).length;
  const down = played.filter((found) => cents(found, hz) < -LEAP).length;
  if (up) into.up++;
  if (down) into.down++;
  if (up || down) {
    into.leaps++;
    into.files.push(`${file} ${up}/${down}`);
  }
}

export async function realNotes(sounds: Sounds, folder: string): Promise<NoteCount> {
  const counted: NoteCount = { notes: 0, up: 0, down: 0, leaps: 0, frames: 0, right: 0, files: [] };
  for (const file of await sounds.list(`audio/${folder}`)) {
    const hz = noteOf(file);
    if (hz === undefined) continue;
    const track = await hear(await sounds.read(`audio/${folder}/${file}`), DEFAULT_SETTINGS);
    count(counted, file, hz, track);
  }
  return counted;
}

async function run(sounds: Sounds): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const folder of FOLDERS) {
    const { notes, up, down, leaps, frames, right, files } = await realNotes(sounds, folder);
    const share = (100 * leaps) / notes;
    figures.push({
      what: `${folder}: notes played with a leap`,
      measured: `${leaps} of ${notes} (${up} up, ${down} down)`,
      required: `under ${ALLOWED}%`,
      met: share < ALLOWED,
    });
    figures.push({
      what: `${folder}: voiced frames right`,
      measured: `${((100 * right) / frames).toFixed(2)}%`,
    });
    if (process.env.MIC_VERBOSE) for (const file of files) console.log(`     ${file}`);
  }
  return figures;
}

export const realNotesCase: MicCase = {
  name: 'notes',
  heading: 'beginnings and ends of single notes, default settings',
  run,
};
