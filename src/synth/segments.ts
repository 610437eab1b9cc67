/**
 * Segments: the stretches between frame centres in which streams and whole examples are rendered (see processor.ts),
 * and the pitch at their ends.
 */

/** f0 limited to (0, limit]: the kernels need a positive number, and beyond the limit everything is silent. */
export function heldHz(f0: number, limit: number): number {
  return Math.fround(f0 > 1 ? Math.min(f0, limit) : 1);
}

/** Offset of a segment's first sample from the frame centre before it, in samples. */
export function segmentOffset(hop: number): number {
  return hop % 2 === 0 ? 0.5 : 0;
}

/** Weight of the later frame at each sample of a segment, and at the 16 samples after it that kernels may read. */
export function segmentWeights(hop: number): Float32Array {
  const offset = segmentOffset(hop);
  return Float32Array.from({ length: hop + 16 }, (_, n) => Math.min(1, (n + offset) / hop));
}

export interface Segment {
  /** 0..T */
  readonly index: number;
  /** the frames at its ends; at the ends of the example the first or last frame is held */
  readonly from: number;
  readonly to: number;
  /** samples of the segment before the example begins */
  readonly skip: number;
  /** samples of the segment inside the example */
  readonly n: number;
  /** position in the example of the first of these */
  readonly start: number;
}

/** The T + 1 segments of an example of T frames. The first and the last one are cut at the example's ends. */
export function segmentsOf(frames: number, hop: number): readonly Segment[] {
  const before = Math.ceil(hop / 2);
  return Array.from({ length: frames + 1 }, (_, index) => {
    const skip = index === 0 ? before : 0;
    return {
      index,
      from: Math.max(index - 1, 0),
      to: Math.min(index, frames - 1),
      skip,
      n: index === frames ? before : hop - skip,
      start: index * hop - before + skip,
    };
  });
}
