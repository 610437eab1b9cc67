/** Held-out sound in pieces of one length, each with what comes before it in its recording. */

import type { Dataset } from '../../../src/train/data/dataset';
import { readSamples } from '../../../src/train/data/slice-reader';
import type { SliceRef } from '../../../src/train/data/split';

export interface Piece {
  /** the recording's name and the position in it */
  readonly title: string;
  readonly recording: Float32Array;
  /** up to 3 s of the recording before the piece */
  readonly before: Float32Array;
  /** Hz of each frame, above 0 */
  readonly f0: Float32Array;
}

/** Slices of a piece, where the held-out stretches are long enough; 1 where recordings are single notes. */
const LONG = 4;
/** Fewest long pieces. */
const ENOUGH = 5;
const BEFORE_SECONDS = 3;

/**
 * @param slices held-out, in the order of their recordings and of time
 * @param most pieces, spread evenly over all
 */
export async function heldOutPieces(
  slices: readonly SliceRef[],
  dataset: Dataset,
  most: number,
): Promise<Piece[]> {
  const long = groups(slices, dataset.samplesPerSlice, LONG);
  const all = long.length >= ENOUGH ? long : groups(slices, dataset.samplesPerSlice, 1);
  const count = Math.min(most, all.length);
  const chosen = Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]);
  return Promise.all(chosen.map((group) => readPiece(group, dataset)));
}

/** Runs of `size` adjacent slices. */
function groups(slices: readonly SliceRef[], samples: number, size: number): SliceRef[][] {
  const found: SliceRef[][] = [];
  let run: SliceRef[] = [];
  for (const slice of slices) {
    const last = run.at(-1);
    const follows = last?.source === slice.source && slice.offset === last.offset + samples;
    run = follows ? [...run, slice] : [slice];
    if (run.length < size) continue;
    found.push(run);
    run = [];
  }
  return found;
}

async function readPiece(slices: readonly SliceRef[], dataset: Dataset): Promise<Piece> {
  const [{ source, offset }] = slices;
  const read = await Promise.all(slices.map((slice) => dataset.read(slice)));
  const stored = dataset.index.recordings.find(({ name }) => name === source)!;
  const from = Math.max(0, offset - BEFORE_SECONDS * dataset.sampleRate);
  return {
    title: `${source} at ${(offset / dataset.sampleRate).toFixed(0)} s`,
    recording: joined(read.map(({ audio }) => audio)),
    before: await readSamples(dataset.store, stored, from, offset),
    f0: joined(read.map(({ f0 }) => f0)),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
