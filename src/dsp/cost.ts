/**
 * What parts of an instrument cost, estimated from their sizes alone, before anything is allocated. An estimate
 * serves to refuse what is far too large; it need not be exact. Times are seconds of one core of an x86-64 server
 * with SIMD, measured in Node 20.
 */

import { LARGEST_FFT } from './fft';

export interface Cost {
  /** seconds of CPU until it can play */
  readonly setUp: number;
  /** bytes that it holds while it plays, tables included */
  readonly memory: number;
  /** seconds of CPU for each second of sound */
  readonly playing: number;
}

/** What an instrument may cost at most, at the rate at which it is to play. */
export const BUDGET: Cost = { setUp: 5, memory: 256 * 2 ** 20, playing: 1 };

export const NO_COST: Cost = { setUp: 0, memory: 0, playing: 0 };

export function addCosts(costs: readonly Cost[]): Cost {
  return costs.reduce(
    (a, b) => ({
      setUp: a.setUp + b.setUp,
      memory: a.memory + b.memory,
      playing: a.playing + b.playing,
    }),
    NO_COST,
  );
}

/** Bytes of `count` values. */
export function floats(count: number): number {
  return 4 * count;
}

/** Bytes of `count` values that are kept as a table and copied to where they are used. */
export function tabulated(count: number): number {
  return 2 * floats(count);
}

/** Seconds of a real FFT, forward or inverse; infinite for a size that the FFT does not have. */
export function fftSeconds(size: number): number {
  if (size > LARGEST_FFT) return Number.POSITIVE_INFINITY;
  return 0.065e-9 * size * Math.log2(size);
}

/** Seconds of a product of a matrix of `count` values with a vector. */
export function productSeconds(count: number): number {
  // matrices that leave the cache are read from memory each time
  return count * (floats(count) > 2 ** 20 ? 0.25e-9 : 0.09e-9);
}
