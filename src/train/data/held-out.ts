/** Joins held-out slices to continuous stretches, to listen to. */

import type { Dataset } from './dataset';
import type { SliceRef } from './split';

/** A stretch of a recording that is held out from training. */
export interface HeldOut {
  readonly source: string;
  /** start in the recording */
  readonly seconds: number;
  readonly duration: number;
}

export interface Stretch extends HeldOut {
  readonly slices: readonly SliceRef[];
}

/** @param slices in the order of their recordings and of time */
export function stretches(
  slices: readonly SliceRef[],
  { samplesPerSlice, sampleRate }: Pick<Dataset, 'samplesPerSlice' | 'sampleRate'>,
): Stretch[] {
  const runs: SliceRef[][] = [];
  for (const slice of slices) {
    const before = runs.at(-1)?.at(-1);
    const follows = before?.source === slice.source && slice.offset <= before.offset + samplesPerSlice;
    if (follows) runs.at(-1)?.push(slice);
    else runs.push([slice]);
  }
  return runs.map((run) => ({
    source: run[0].source,
    seconds: run[0].offset / sampleRate,
    duration: (run[run.length - 1].offset + samplesPerSlice - run[0].offset) / sampleRate,
    slices: run,
  }));
}

/** Reads the sound of a stretch. */
export async function stretchAudio(
  { slices }: Stretch,
  dataset: Dataset,
): Promise<Float32Array<ArrayBuffer>> {
  const [first] = slices;
  const last = slices[slices.length - 1];
  const audio = new Float32Array(last.offset + dataset.samplesPerSlice - first.offset);
  for (const slice of slices) audio.set((await dataset.read(slice)).audio, slice.offset - first.offset);
  return audio;
}
