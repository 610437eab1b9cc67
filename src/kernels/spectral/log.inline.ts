/** Natural logarithm, four lanes at a time. */

import { madd } from '../simd.inline';

/**
 * ln(x) for normal positive x, with an error below 2e-7 max(|ln x|, 1).
 *
 * x = 2^e m with m in (sqrt(1/2), sqrt 2]. Then ln m = 2 artanh(z), z = (m - 1) / (m + 1), |z| < 0.172. artanh is
 * computed by its odd series up to z^9 (the next term is below 1e-9).
 */
// @ts-ignore: decorator
@inline
export function logOf(x: v128): v128 {
  // the bits of sqrt(1/2); subtracting them moves the boundary between exponents to that value
  const offset = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(offset, 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  const z = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z2 = f32x4.mul(z, z);
  let series = madd(z2, f32x4.splat(2.0 / 9.0), f32x4.splat(2.0 / 7.0));
  series = madd(z2, series, f32x4.splat(2.0 / 5.0));
  series = madd(z2, series, f32x4.splat(2.0 / 3.0));
  const tail = f32x4.mul(f32x4.mul(z2, series), z);
  const whole = f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(0.6931471805599453));
  return f32x4.add(f32x4.add(whole, tail), f32x4.add(z, z));
}
