/** Scales to be played, and what is heard of them. */

import { analyseSignal } from '../../../src/analysis/track';
import type { Model } from '../../../src/model/model';
import { heardNotes } from '../../../src/play/heard-notes/heard-notes';
import { Moments, measureNote, type PlayedNote } from '../../../src/train/articulation/played-note';

export interface ScaleNote {
  readonly note: number;
  readonly velocity: number;
  /** seconds */
  readonly time: number;
  readonly duration: number;
}

/** Seconds of a note, and from its end to the next. */
const LENGTH = 1.6;
const PAUSE = 0.9;

/** Every note at every velocity, one after the other. */
export function scale(notes: readonly number[], velocities: readonly number[]): ScaleNote[] {
  return velocities.flatMap((velocity, k) =>
    notes.map((note, i) => ({
      note,
      velocity,
      time: 0.5 + (k * notes.length + i) * (LENGTH + PAUSE),
      duration: LENGTH,
    })),
  );
}

/** A note of the scale as it was heard. */
export interface ScaleHeard {
  readonly asked: ScaleNote;
  readonly played: PlayedNote;
  readonly moments: Moments;
  readonly audio: Float32Array;
}

/** Seconds after its time in which a note must begin. */
const LATE = 0.3;

/** @returns the notes that were heard as one note of their pitch */
export async function hearScale(
  model: Model,
  notes: readonly ScaleNote[],
  audio: Float32Array,
): Promise<ScaleHeard[]> {
  const track = await analyseSignal(audio, model);
  const frame = Math.round(model.sampleRate / model.frameRate) / model.sampleRate;
  const moments = new Moments(track, frame);
  const heard = heardNotes(track, frame, model.statistics);
  return notes.flatMap((asked) => {
    const found = heard
      .filter(({ time, note }) => Math.abs(note - asked.note) <= 1 && Math.abs(time - asked.time) < LATE)
      .sort((a, b) => b.end - b.time - (a.end - a.time))[0];
    const played = found && measureNote(found, moments);
    return played ? [{ asked, played, moments, audio }] : [];
  });
}
