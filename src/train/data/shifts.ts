/**
 * How far an example may begin before or after its slice.
 *
 * Slices lie end to end and are the same in every epoch. Learned as they are, a model comes to know them by
 * heart; begun anywhere around their places, no two epochs show it the same examples, nor a note always
 * at the same distance from the reset of the recurrent state and of the reverb.
 */

import type { SliceRef } from './split';

export interface ShiftRange {
  /** frames, at most 0 */
  readonly earliest: number;
  /** frames, at least 0 */
  readonly latest: number;
}

/**
 * Up to half a slice to either side, over neighbours that train as well: no example sees what is held out.
 * @param training slices that train, in the order of their recordings and of time
 * @param frames T, of a slice
 * @param hop H
 * @returns for each slice its range
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
