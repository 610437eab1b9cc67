/** Splits slices into training and validation slices. */

import { uniform } from '../learn/random';

/** The position of a slice. */
export interface SliceRef {
  /** index index among all slices of the dataset */
  readonly index: number;
  /** the recording's name */
  readonly source: string;
  /** its first sample in the recording, at the model's rate; a multiple of H */
  readonly offset: number;
}

export interface Split {
  readonly training: SliceRef[];
  readonly validation: SliceRef[];
}

/**
 * Slices per held-out stretch. Neighbouring slices sound alike (same note, same room), so single held-out
 * slices would mostly measure memorisation.
 */
const STRETCH = 5;

/**
 * Holds out `fraction` of the slices, in stretches of about five adjacent slices, spread evenly over the
 * dataset. The dataset is divided into equal parts, and the seed chooses the place of the stretch in each part.
 * Only the two ends of a stretch have training neighbours. Overlapping slices are never separated.
 * @param slices in the order of their recordings and of time
 * @param length samples of a slice
 * @param fraction 0..1; at least one slice is used for training, and for a fraction above 0 at least one for validation
 */
export function splitSlices(
  slices: readonly SliceRef[],
  length: number,
  fraction: number,
  seed: number,
): Split {
  const units = overlapUnits(slices, length);
  const wanted = Math.min(units.length - 1, Math.max(1, Math.round(units.length * fraction)));
  if (!(fraction > 0) || wanted < 1) return { training: [...slices], validation: [] };
  const random = uniform(seed);
  const stretches = Math.max(1, Math.round(wanted / STRETCH));
  const heldOut = new Set<number>();
  for (let i = 0; i < stretches; i++) {
    const [first, end] = part(units.length, i, stretches);
    const [from, to] = part(wanted, i, stretches);
    const start = first + Math.floor(random() * (end - first - (to - from) + 1));
    for (let unit = start; unit < start + to - from; unit++) heldOut.add(unit);
  }
  const side = (chosen: boolean) => units.filter((_, unit) => heldOut.has(unit) === chosen).flat();
  return { training: side(false), validation: side(true) };
}

/** Bounds of the i-th of `parts` equal parts of `count`. */
function part(count: number, i: number, parts: number): [number, number] {
  return [Math.floor((count * i) / parts), Math.floor((count * (i + 1)) / parts)];
}

/** Groups overlapping slices: only the last slice of a recording can overlap another. */
function overlapUnits(slices: readonly SliceRef[], length: number): SliceRef[][] {
  const units: SliceRef[][] = [];
  for (const slice of slices) {
    const previous = units.at(-1)?.at(-1);
    const overlaps =
      previous?.source === slice.source &&
      slice.offset > previous.offset &&
      slice.offset < previous.offset + length;
    if (overlaps) units.at(-1)!.push(slice);
    else units.push([slice]);
  }
  return units;
}
