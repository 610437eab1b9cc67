/** What is followed where there is no single note: two notes at once, whispering and breath, a first note. */

import type { Track } from '../../../../src/analysis/track';
import type { Figure, MicCase } from '../case';
import type { Sounds } from '../sounds';
import { cents, hear, LEAP } from './heard';

const FRAMES_A_SECOND = 100;

/** Changes of what is played by more than a semitone a second, while anything is voiced. */
function changes({ f0, heldF0 }: Track): number {
  const first = f0.findIndex((hz) => hz > 0);
  if (first < 0) return 0;
  let count = 0;
  for (let i = first + 1; i < heldF0.length; i++) {
    if (Math.abs(cents(heldF0[i], heldF0[i - 1])) > 100) count++;
  }
  return (count * FRAMES_A_SECOND) / (heldF0.length - first);
}

/** Notes that begin, a minute. */
function starts({ f0 }: Track): number {
  let count = 0;
  for (let i = 1; i < f0.length; i++) if (f0[i] > 0 && !(f0[i - 1] > 0)) count++;
  return (60 * FRAMES_A_SECOND * count) / f0.length;
}

/** Frames of the first 30 ms of a first note that are played more than half an octave off. */
function firstNote({ f0, heldF0 }: Track, truth: (seconds: number) => number): number {
  const first = f0.findIndex((hz) => hz > 0);
  // what the note is: its pitch once it has settled
  const note = truth((first + 15) / FRAMES_A_SECOND);
  const played = heldF0.slice(first, first + 15);
  return note > 0 ? played.filter((hz) => Math.abs(cents(hz, note)) > LEAP).length : Number.NaN;
}

async function run(sounds: Sounds): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of ['two_notes_third', 'two_notes_fifth']) {
    const rate = changes(await hear(await sounds.read(`fixtures/live/${name}.flac`)));
    figures.push({
      what: `${name}: changes of pitch`,
      measured: `${rate.toFixed(1)} a second`,
      required: 'at most 2',
      met: rate <= 2,
    });
  }
  for (const name of ['whisper_only', 'noise_only50']) {
    const rate = starts(await hear(await sounds.read(`fixtures/live/${name}.flac`)));
    figures.push({
      what: `${name}: bursts`,
      measured: `${rate.toFixed(0)} a minute`,
      required: 'under 10',
      met: rate < 10,
    });
  }
  const rows = (await sounds.text('audio/inputs/vocadito_1.f0.csv')).trim().split('\n');
  const annotated = rows.map((row) => row.split(',').map(Number));
  const step = annotated[1][0] - annotated[0][0];
  const wrong = firstNote(
    await hear(await sounds.read('audio/inputs/vocadito_1.wav')),
    (seconds) => annotated[Math.round(seconds / step)]?.[1] ?? 0,
  );
  figures.push({
    what: 'vocadito_1: first note, frames off',
    measured: `${wrong} of 15`,
    required: '0',
    met: wrong === 0,
  });
  return figures;
}

export const heldCase: MicCase = {
  name: 'held',
  heading: 'two notes at once, whispering, a first note; default settings, no gate',
  run,
};
