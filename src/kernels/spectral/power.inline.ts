/** What is done with a bin's power, shared by the kernels over spectrograms. */

import { madd } from '../simd.inline';

/** The square of half of (re, im): the spectra of a pair come out twice as large (see pair.ts). */
// @ts-ignore: decorator
@inline
export function quarterPower(re: v128, im: v128): v128 {
  return f32x4.mul(f32x4.splat(0.25), madd(re, re, f32x4.mul(im, im)));
}

/**
 * The derivative of a loss's terms by the power P: `linear` (of power and magnitude) + log / (P + e), with
 * the sign of P - T; 0 where the two are equal.
 * @param d P - T
 * @param floored P + e
 */
// @ts-ignore: decorator
@inline
export function slope(d: v128, floored: v128, linear: v128, log: v128): v128 {
  const gain = f32x4.add(linear, f32x4.div(log, floored));
  const signed = v128.xor(gain, v128.and(d, i32x4.splat(0x80000000)));
  return v128.and(signed, f32x4.ne(d, f32x4.splat(0)));
}
