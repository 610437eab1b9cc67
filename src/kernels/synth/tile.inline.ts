/** Sines of fixed-point angles: an i32 lane is an angle of which 2^32 is one cycle. */

import { madd } from '../simd.inline';

/** A quarter of a cycle. */
const QUARTER: i32 = 0x40000000;

/** sin(pi/2 * t) for t = quarters / 2^30 in [-1, 1]: least squares in the maximum norm, error 3e-9. */
// @ts-ignore: decorator
@inline
function sinOfQuarters(quarters: v128): v128 {
  const t = f32x4.mul(f32x4.convert_i32x4_s(quarters), f32x4.splat(9.313225746154785e-10));
  const z = f32x4.mul(t, t);
  let p = madd(z, f32x4.splat(1.50820565e-4), f32x4.splat(-4.67222792e-3));
  p = madd(p, z, f32x4.splat(7.96884805e-2));
  p = madd(p, z, f32x4.splat(-6.4596336e-1));
  p = madd(p, z, f32x4.splat(1.57079629));
  return f32x4.mul(p, t);
}

/** sin(angle) to 2e-7; the angle is folded to the quarters next to zero without rounding. */
// @ts-ignore: decorator
@inline
export function sin4(angle: v128): v128 {
  const quarter = i32x4.splat(QUARTER);
  return sinOfQuarters(i32x4.sub(quarter, i32x4.abs(i32x4.sub(angle, quarter))));
}

/** cos(angle) to 2e-7. */
// @ts-ignore: decorator
@inline
export function cos4(angle: v128): v128 {
  return sinOfQuarters(i32x4.sub(i32x4.splat(QUARTER), i32x4.abs(angle)));
}

/** Imaginary part of (ar + i ai)(br + i bi). */
// @ts-ignore: decorator
@inline
export function productIm(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return madd(ar, bi, f32x4.mul(ai, br));
}

/** Real part of (ar + i ai)(br + i bi). */
// @ts-ignore: decorator
@inline
export function productRe(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f32x4.sub(f32x4.mul(ar, br), f32x4.mul(ai, bi));
}

/** a + w (b - a) */
// @ts-ignore: decorator
@inline
export function lerp4(a: v128, b: v128, w: v128): v128 {
  return madd(f32x4.sub(b, a), w, a);
}

/** All bits set in the lanes of i, i + 1, i + 2, i + 3 that lie in first..end - 1. */
// @ts-ignore: decorator
@inline
export function within4(i: i32, first: i32, end: i32): v128 {
  const index = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
  return v128.and(i32x4.ge_s(index, i32x4.splat(first)), i32x4.lt_s(index, i32x4.splat(end)));
}
