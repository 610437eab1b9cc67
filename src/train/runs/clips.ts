/** What is listened to while a run goes: stretches of recordings that no step trains on. */

import type { Slice } from '../dataset/slices';

export interface Clip {
  /** the recording's name, and where in it the clip starts */
  readonly title: string;
  readonly audio: Float32Array;
}

const MOST_CLIPS = 4;
const LONGEST_SECONDS = 4;

/**
 * Up to four clips of up to four seconds, from all over the held-out slices.
 * @param slices in the order of their recordings and of time
 */
export function chooseClips(slices: readonly Slice[], sampleRate: number): Clip[] {
  const all = neighbours(slices, LONGEST_SECONDS * sampleRate);
  // not what is left over of longer ones
  const longest = Math.max(...all.map((group) => group.length));
  const stretches = all.filter((group) => group.length >= longest / 2);
  const count = Math.min(MOST_CLIPS, stretches.length);
  return Array.from({ length: count }, (_, i) => {
    const stretch = stretches[Math.floor(((i + 0.5) * stretches.length) / count)];
    const [{ source, offset }] = stretch;
    const last = stretch[stretch.length - 1];
    const audio = new Float32Array(last.offset + last.audio.length - offset);
    for (const slice of stretch) audio.set(slice.audio, slice.offset - offset);
    return { title: `${source} at ${clock(offset / sampleRate)}`, audio };
  });
}

/** Slices that follow each other in a recording, in groups that last no longer than `longest` samples. */
function neighbours(slices: readonly Slice[], longest: number): Slice[][] {
  const groups: Slice[][] = [];
  for (const slice of slices) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const end = slice.offset + slice.audio.length;
    const follows =
      group &&
      last?.source === slice.source &&
      slice.offset > last.offset &&
      slice.offset <= last.offset + last.audio.length &&
      end - group[0].offset <= longest;
    if (follows) group.push(slice);
    else groups.push([slice]);
  }
  return groups;
}

/** "1:05" */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
