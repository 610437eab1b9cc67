/**
 * Learns an articulation from the notes of recordings: from their tracks of pitch and loudness, which training has
 * anyway. Medians over many notes, so that errors of the analysis hardly count.
 */

import type { Track } from '../../analysis/track';
import { type Articulation, PLAIN_ARTICULATION } from '../../model/articulation';
import type { Statistics } from '../../model/model';
import { heardNotes } from '../../play/heard-notes/heard-notes';
import { type Beginning, beginning, learnAttacks } from './attack';
import { CURVE_STEP } from './curves';
import { learnLegato, type Step, stepBetween } from './legato';
import { Moments, measureNote } from './played-note';
import { ending, learnRelease } from './release';
import { learnVibrato, type NoteVibrato, vibrates, vibratoCycles } from './vibrato';

/** What was found in recordings. */
export interface PlayedNotes {
  readonly beginnings: Beginning[];
  readonly endings: number[][];
  readonly steps: Step[];
  readonly vibratos: NoteVibrato[];
}

export class ArticulationLearner {
  readonly notes: PlayedNotes = { beginnings: [], endings: [], steps: [], vibratos: [] };
  readonly #statistics: Pick<Statistics, 'loudness'>;

  constructor(statistics: Pick<Statistics, 'loudness'>) {
    this.#statistics = statistics;
  }

  /** Takes a recording. @param frameSeconds from frame to frame */
  add(track: Pick<Track, 'f0' | 'loudness'>, frameSeconds: number): void {
    const { beginnings, endings, steps, vibratos } = this.notes;
    const moments = new Moments(track, frameSeconds);
    const heard = heardNotes(track, frameSeconds, this.#statistics);
    const measured = heard.map((note) => measureNote(note, moments));
    for (const [i, note] of measured.entries()) {
      if (!note) continue;
      beginnings.push(beginning(note, moments));
      const next = measured[i + 1];
      const until = heard[i + 1]?.time ?? moments.seconds;
      const end = ending(note, until, moments);
      if (end) endings.push(end);
      const step = next && stepBetween(note, next, until, moments);
      if (step) steps.push(step);
      const cycles = vibratoCycles(note, moments);
      if (cycles) vibratos.push(vibrates(note, cycles) ? cycles : []);
    }
  }

  /** @returns undefined where there are too few notes; what is known of too few of them has plain values */
  learn(): Articulation | undefined {
    const { beginnings, endings, steps, vibratos } = this.notes;
    const attacks = learnAttacks(beginnings);
    if (attacks.length === 0) return undefined;
    const { legato, release, vibrato } = PLAIN_ARTICULATION;
    return {
      step: CURVE_STEP,
      attacks,
      release: learnRelease(endings) ?? release,
      legato: learnLegato(steps) ?? legato,
      vibrato: learnVibrato(vibratos, vibrato) ?? vibrato,
    };
  }
}
