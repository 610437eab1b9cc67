/**
 * Elementary functions on four lanes. NaN gives NaN. The number of steps is constant.
 *
 * Error bounds are relative and were measured over the whole range (test/kernels/neural). The polynomials are
 * least-squares fits of the relative error at Chebyshev nodes.
 */

import { madd } from '../simd.inline';

/** Adding it rounds |t| < 2^22 to a whole number. The low bits then contain that number. */
const ROUND: f32 = 12582912;
const LN2: f32 = 0.6931471805599453;
const LOG2E: f32 = 1.4426950408889634;
/** ln 2 in two parts; the first has 15 bits, so that n * LN2_HIGH is exact */
const LN2_HIGH: f32 = 0.693145751953125;
const LN2_LOW: f32 = 1.428606765330187e-6;
/** ln 10 in two parts; the first has 12 bits */
const LN10: f32 = 2.302585092994046;
const LN10_HIGH: f32 = 2.302734375;
const LN10_LOW: f32 = -0.0001492820059540989;

/** e^r - 1 for |r| <= ln(2) / 2. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let q = madd(r, f32x4.splat(0.0013909455155953765), f32x4.splat(0.008366738446056843));
  q = madd(q, r, f32x4.splat(0.04166673496365547));
  q = madd(q, r, f32x4.splat(0.16666541993618011));
  q = madd(q, r, f32x4.splat(0.5));
  return madd(f32x4.mul(q, r), r, r);
}

/** 2^n where `shifted` is n + ROUND; -126 <= n <= 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(shifted: v128): v128 {
  return i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
}

/** e^x, relative error 2e-7; x is limited to [-87, 88]. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const held = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  const shifted = madd(held, f32x4.splat(LOG2E), f32x4.splat(ROUND));
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  const r = f32x4.sub(f32x4.sub(held, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  const scale = powerOfTwo(shifted);
  return madd(expm1Reduced(r), scale, scale);
}

/** 1 / (1 + e^-x), relative error 3e-7. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** tanh x, relative error 4e-7, also near 0: -t / (2 + t) with t = e^(-2|x|) - 1. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = f32x4.splat(-0.0);
  const y = f32x4.pmax(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)), f32x4.splat(-40));
  const shifted = madd(y, f32x4.splat(LOG2E), f32x4.splat(ROUND));
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  const r = f32x4.sub(f32x4.sub(y, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  const scale = powerOfTwo(shifted);
  const t = madd(expm1Reduced(r), scale, f32x4.sub(scale, f32x4.splat(1)));
  const magnitude = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  // t <= 0, so the result is negative (or -0 or NaN): replace its sign by that of x
  return v128.or(v128.andnot(magnitude, sign), v128.and(x, sign));
}

/**
 * u^(ln(10) - less), relative error 5e-7, for u in [2^-54, 1] and `less` 0 or 1. Other values of u are limited to this
 * range.
 *
 * The whole part e of log2 u is processed separately from the rest. The high part of e * ln 10 is exact, so the
 * relative error does not grow for small u.
 */
// @ts-ignore: decorator
@inline
export function powLn10(u: v128, less: f32): v128 {
  const held = f32x4.pmin(f32x4.pmax(u, f32x4.splat(5.551115123125783e-17)), f32x4.splat(1));
  // mantissa m in [sqrt(1/2), sqrt(2))
  const biased = i32x4.sub(held, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(biased, 23));
  const m = i32x4.add(v128.and(biased, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const s2 = f32x4.mul(s, s);
  let q = madd(s2, f32x4.splat(0.43119245767593384), f32x4.splat(0.5767411589622498));
  q = madd(q, s2, f32x4.splat(0.9617984890937805));
  q = madd(q, s2, f32x4.splat(2.885390043258667));
  const fraction = f32x4.mul(q, s);

  const power = f32x4.splat(LN10 - less);
  const shifted = madd(f32x4.add(e, fraction), power, f32x4.splat(ROUND));
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  const high = f32x4.sub(f32x4.mul(e, f32x4.splat(LN10_HIGH - less)), n);
  const r = f32x4.add(high, madd(e, f32x4.splat(LN10_LOW), f32x4.mul(fraction, power)));
  const scale = powerOfTwo(shifted);
  const result = madd(expm1Reduced(f32x4.mul(r, f32x4.splat(LN2))), scale, scale);
  return f32x4.add(result, f32x4.sub(u, u));
}

/** Lanes 0..count-1 from `p`, zeros in the other lanes. For count < 4 it reads only `count` values. */
// @ts-ignore: decorator
@inline
export function loadLanes(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  let v = v128.load32_zero(p);
  if (count > 1) v = v128.load32_lane(p + 4, v, 1);
  if (count > 2) v = v128.load32_lane(p + 8, v, 2);
  return v;
}

/** Writes lanes 0..count-1 to `p`. */
// @ts-ignore: decorator
@inline
export function storeLanes(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, v);
    return;
  }
  v128.store32_lane(p, v, 0);
  if (count > 1) v128.store32_lane(p + 4, v, 1);
  if (count > 2) v128.store32_lane(p + 8, v, 2);
}
