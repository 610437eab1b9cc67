/** Weighted power of a spectrum. */

import { exactMadd, sum4 } from '../simd.inline';

/**
 * Replaces a spectrum by its power, in place (real parts |X|^2, imaginary parts 0). Returns the sum of weight * power.
 * The inverse transform of the result is the autocorrelation.
 * @param spectrum split, of a transform of `size` (see src/kernels/spectral/fft.ts)
 * @param weights size/2 + 4 floats, zero beyond the last bin
 */
export function weightedPower(spectrum: usize, weights: usize, size: i32): f32 {
  const half = (<usize>(size >> 1) + 4) << 2;
  const end = spectrum + half;
  const zero = f32x4.splat(0);
  let sum = zero;
  do {
    const re = v128.load(spectrum);
    const im = v128.load(spectrum + half);
    const power = exactMadd(re, re, f32x4.mul(im, im));
    sum = exactMadd(power, v128.load(weights), sum);
    v128.store(spectrum, power);
    v128.store(spectrum + half, zero);
    spectrum += 16;
    weights += 16;
  } while (spectrum < end);
  return sum4(sum);
}
