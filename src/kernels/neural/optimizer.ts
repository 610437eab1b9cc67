/** Optimizer operations on a flat vector of n values. */

import { madd } from '../simd.inline';
import { loadLanes, storeLanes } from './math.inline';

/** base^exponent by repeated squaring, exponent >= 0. */
function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  while (exponent > 0) {
    if (exponent & 1) result *= base;
    base *= base;
    exponent >>= 1;
  }
  return result;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1). As in PyTorch, epsilon is outside the bias-corrected root. m and
 * v are the running moments, zero before the first step.
 *
 * @param step number of the step, from 1
 */
export function adam(
  parameters: usize,
  gradients: usize,
  m: usize,
  v: usize,
  n: i32,
  step: i32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
): void {
  if (n <= 0) return;
  const size = f32x4.splat(<f32>(-rate / (1 - power(beta1, step))));
  const correction = f32x4.splat(<f32>(1 / sqrt<f64>(1 - power(beta2, step))));
  const keep1 = f32x4.splat(<f32>beta1);
  const keep2 = f32x4.splat(<f32>beta2);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const small = f32x4.splat(epsilon);
  do {
    const g = loadLanes(gradients, n);
    const first = madd(keep1, loadLanes(m, n), f32x4.mul(take1, g));
    const second = madd(keep2, loadLanes(v, n), f32x4.mul(take2, f32x4.mul(g, g)));
    storeLanes(m, first, n);
    storeLanes(v, second, n);
    const root = madd(f32x4.sqrt(second), correction, small);
    storeLanes(parameters, madd(size, f32x4.div(first, root), loadLanes(parameters, n)), n);
    parameters += 16;
    gradients += 16;
    m += 16;
    v += 16;
    n -= 4;
  } while (n > 0);
}

/** Sum of x^2 in double precision, for the norm of a gradient. */
export function sumOfSquares(x: usize, n: i32): f64 {
  if (n <= 0) return 0;
  let sum = f64x2.splat(0);
  do {
    const v = loadLanes(x, n);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    x += 16;
    n -= 4;
  } while (n > 0);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** x *= factor. */
export function scaleBy(x: usize, factor: f32, n: i32): void {
  if (n <= 0) return;
  const gain = f32x4.splat(factor);
  do {
    storeLanes(x, f32x4.mul(loadLanes(x, n), gain), n);
    x += 16;
    n -= 4;
  } while (n > 0);
}
