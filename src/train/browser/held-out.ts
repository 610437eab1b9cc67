/** Held-out slices, joined to the stretches they were cut from, to listen to. */

import type { Slice } from '../dataset/slices';

/** A stretch of a recording that no step trains on. */
export interface HeldOut {
  readonly source: string;
  /** of its start in the recording */
  readonly seconds: number;
  readonly duration: number;
}

export interface Stretch extends HeldOut {
  readonly audio: Float32Array;
}

/** @param slices in the order of their recordings and of time; @param sampleRate Hz */
export function stretches(slices: readonly Slice[], sampleRate: number): Stretch[] {
  const runs: Slice[][] = [];
  for (const slice of slices) {
    const before = runs.at(-1)?.at(-1);
    const follows = before?.source === slice.source && slice.offset <= before.offset + before.audio.length;
    if (follows) runs.at(-1)?.push(slice);
    else runs.push([slice]);
  }
  return runs.map((run) => {
    const [first] = run;
    const last = run[run.length - 1];
    const audio = new Float32Array(last.offset + last.audio.length - first.offset);
    for (const slice of run) audio.set(slice.audio, slice.offset - first.offset);
    return {
      source: first.source,
      seconds: first.offset / sampleRate,
      duration: audio.length / sampleRate,
      audio,
    };
  });
}
