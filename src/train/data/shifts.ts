/**
 * Random shifts: how far an example may start before or after its slice.
 *
 * Slices are adjacent and the same in every epoch, so a model could memorise them. With random shifts,
 * examples differ between epochs, and the distance of a note from the reset of the recurrent state and the
 * reverb varies.
 */

import type { SliceRef } from './split';

export interface ShiftRange {
  /** frames, at most 0 */
  readonly earliest: number;
  /** frames, at least 0 */
  readonly latest: number;
}

/**
 * Up to half a slice to either side, only over neighbouring training slices: no example overlaps held-out sound.
 * @param training training slices, ordered by recording and time
 * @param frames T, of a slice
 * @param hop H
 * @returns the range of each slice
 */
export function shiftRanges(training: readonly SliceRef[], frames: number, hop: number): ShiftRange[] {
  const half = frames >> 1;
  const touch = (a: SliceRef | undefined, b: SliceRef | undefined) =>
    a !== undefined && b !== undefined && a.source === b.source && b.offset - a.offset <= frames * hop;
  return training.map((slice, i) => ({
    earliest: touch(training[i - 1], slice) ? -half : 0,
    latest: touch(slice, training[i + 1]) ? half : 0,
  }));
}
