/** Operations on the power of a bin, shared by the kernels for spectrograms. */

import { madd } from '../simd.inline';

/** The squared magnitude of half of (re, im), because the spectra of a pair come out twice as large (see pair.ts). */
// @ts-ignore: decorator
@inline
export function quarterPower(re: v128, im: v128): v128 {
  return f32x4.mul(f32x4.splat(0.25), madd(re, re, f32x4.mul(im, im)));
}

/**
 * The derivative of a loss's terms with respect to the power P: `linear` (of power and magnitude) + log / (P + e), with
 * the sign of P - T. It is 0 where P and T are equal.
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
