/**
 * Segments: the stretches between frame centres in which streams and whole examples are rendered alike
 * (what a segment is: processor.ts), and the pitch at their ends.
 */

/** Beyond the limit all is silent anyway; the kernels want a number above zero. */
export function heldHz(f0: number, limit: number): number {
  return Math.fround(f0 > 1 ? Math.min(f0, limit) : 1);
}

/** Offset of a segment's first sample from the frame centre before it, in samples. */
export function segmentOffset(hop: number): number {
  return hop % 2 === 0 ? 0.5 : 0;
}

/** The later frame's share at each sample of a segment, and as far beyond as the last tile of 16 reads. */
export function segmentWeights(hop: number): Float32Array {
  const offset = segmentOffset(hop);
  return Float32Array.from({ length: hop + 16 }, (_, n) => Math.min(1, (n + offset) / hop));
}

export interface Segment {
  /** 0..T */
  readonly index: number;
  /** the frames at its ends, those of the example's own ends held */
  readonly from: number;
  readonly to: number;
  /** samples of it that lie before the example */
  readonly skip: number;
  /** samples of it that lie within */
  readonly n: number;
  /** the first of them in the example */
  readonly start: number;
}

/** The segments of an example of T frames: T + 1, of which the first and the last are cut at its ends. */
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
