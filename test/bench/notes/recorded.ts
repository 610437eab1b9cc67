/** The notes of an instrument's recordings. */

import { withDataset } from '../../../src/cli/dataset';
import { readSettings } from '../../../src/cli/settings';
import type { Articulation, Model, Statistics } from '../../../src/model/model';
import { heardNotes } from '../../../src/play/heard-notes/heard-notes';
import { renderFrames } from '../../../src/play/render';
import { attacked, beginning } from '../../../src/train/articulation/attack';
import { ArticulationLearner, type PlayedNotes } from '../../../src/train/articulation/learn';
import { Moments, measureNote } from '../../../src/train/articulation/played-note';
import { readSamples } from '../../../src/train/data/slice-reader';
import { CENTROID_SAMPLES, type Coloured, centroidMeter } from './centroid';
import { heardAt, type RecordedNote } from './compare';

export interface Recorded {
  readonly statistics: Statistics;
  readonly articulation: Articulation | undefined;
  readonly learned: PlayedNotes;
  /** all notes */
  readonly all: readonly RecordedNote[];
  /** the notes that attacks are learned from */
  readonly notes: readonly RecordedNote[];
  /** long notes, as recorded and as the model plays their very pitch and loudness */
  readonly coloured: readonly Coloured[];
  readonly resynthesised: readonly Coloured[];
}

/** @param assignments settings of the training */
export async function readRecorded(
  model: Model,
  folder: string,
  assignments: readonly string[],
): Promise<Recorded> {
  const settings = await readSettings(assignments, {});
  let recorded: Recorded | undefined;
  await withDataset(settings, { data: folder }, new AbortController().signal, async (dataset, store) => {
    const { statistics, articulation, index, hop, sampleRate } = dataset;
    const learner = new ArticulationLearner(statistics);
    const frame = hop / sampleRate;
    const meter = await centroidMeter(sampleRate);
    const notes: RecordedNote[] = [];
    const coloured: Coloured[] = [];
    const resynthesised: Coloured[] = [];
    for (const recording of index.recordings) {
      const track = await dataset.track(recording.name);
      learner.add(track, frame);
      const moments = new Moments(track, frame);
      const again = await renderFrames(model, { f0: track.heldF0, loudness: track.loudness });
      for (const heard of heardNotes(track, frame, statistics)) {
        const played = measureNote(heard, moments);
        if (!played) continue;
        notes.push({ played, moments });
        const from = Math.round(heardAt({ played, moments }) * sampleRate);
        if (from + CENTROID_SAMPLES > played.fades * sampleRate) continue;
        const audio = await readSamples(store, recording, from, from + CENTROID_SAMPLES);
        const { pitch, loudness } = played;
        coloured.push({ pitch, loudness, centroid: meter(audio) });
        const resynthesis = again.slice(from, from + CENTROID_SAMPLES);
        resynthesised.push({ pitch, loudness, centroid: meter(resynthesis) });
      }
    }
    const begun = new Map(notes.map((note) => [beginning(note.played, note.moments), note]));
    recorded = {
      statistics,
      articulation,
      learned: learner.notes,
      all: notes,
      notes: attacked([...begun.keys()]).map((one) => begun.get(one)!),
      coloured,
      resynthesised,
    };
  });
  return recorded!;
}
