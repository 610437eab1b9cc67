/** The envelope of decaying noise, for forward and backward pass. */

import { exp4 } from '../neural/math.inline';

/** e^-50: negligible in single precision; products with smaller values would be denormal. */
const FAINTEST: f32 = -50;

/** e^(-rate (n + 0..3)), 0 below e^-50. */
// @ts-ignore: decorator
@inline
export function envelope4(rate: f32, n: f32): v128 {
  const exponent = f32x4.mul(f32x4.splat(-rate), f32x4.add(f32x4.splat(n), f32x4(0, 1, 2, 3)));
  return v128.and(exp4(exponent), f32x4.ge(exponent, f32x4.splat(FAINTEST)));
}
