/** Chooses held-out clips for listening during training. */

import type { Dataset } from '../data/dataset';
import { type Stretch, stretchAudio, stretches } from '../data/held-out';
import type { SliceRef } from '../data/split';
import { clock } from './times';

export interface Clip {
  /** the recording's name and the position of the clip in it */
  readonly title: string;
  readonly audio: Float32Array;
}

const MOST_CLIPS = 4;
const LONGEST_SECONDS = 4;

/**
 * Chooses up to four clips of up to four seconds, spread over the held-out slices.
 * @param slices in the order of their recordings and of time
 */
export async function chooseClips(slices: readonly SliceRef[], dataset: Dataset): Promise<Clip[]> {
  const all = stretches(slices, dataset).map((stretch) => beginning(stretch, dataset));
  const longest = Math.max(...all.map((stretch) => stretch.slices.length));
  const long = all.filter((stretch) => stretch.slices.length >= longest / 2);
  const count = Math.min(MOST_CLIPS, long.length);
  const clips: Clip[] = [];
  for (let i = 0; i < count; i++) {
    const stretch = long[Math.floor(((i + 0.5) * long.length) / count)];
    const title = `${stretch.source} at ${clock(stretch.seconds)}`;
    clips.push({ title, audio: await stretchAudio(stretch, dataset) });
  }
  return clips;
}

/** The first slices of a stretch, up to the length of a clip; at least one slice. */
function beginning(stretch: Stretch, { sampleRate, samplesPerSlice }: Dataset): Stretch {
  const [first] = stretch.slices;
  const end = first.offset + LONGEST_SECONDS * sampleRate;
  const fits = ({ offset }: SliceRef) => offset + samplesPerSlice <= end;
  return { ...stretch, slices: stretch.slices.filter((slice, i) => i === 0 || fits(slice)) };
}
