/** Window functions, in double precision. */

/** Periodic Hann window: 1/2 - 1/2 cos(2 pi i / size), i = 0..size - 1. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}
