/** LayerNorm (Ba et al. 2016) followed by ReLU, in one pass over each row. */

import { madd, sum4 } from '../simd.inline';
import { loadLanes, storeLanes } from './math.inline';

const EPSILON: f32 = 1e-5;

/** A mask with ones in the remaining lanes of a row, for sums over the end of the row. */
function laneMask(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** x = (x - mean) / sqrt(variance + epsilon) for one row; writes 1 / sqrt(variance + epsilon) to `scaleAt`. */
function normalise(x: usize, scaleAt: usize, size: i32, epsilon: f32): void {
  const inverse: f32 = <f32>1 / <f32>size;
  let sum = f32x4.splat(0);
  let p = x;
  let n = size;
  do {
    sum = f32x4.add(sum, loadLanes(p, n));
    p += 16;
    n -= 4;
  } while (n > 0);
  const mean = f32x4.splat(sum4(sum) * inverse);

  let squares = f32x4.splat(0);
  p = x;
  n = size;
  do {
    const d = v128.and(f32x4.sub(loadLanes(p, n), mean), laneMask(n));
    squares = madd(d, d, squares);
    p += 16;
    n -= 4;
  } while (n > 0);
  const scale = <f32>1 / sqrt<f32>(sum4(squares) * inverse + epsilon);
  store<f32>(scaleAt, scale);

  const factor = f32x4.splat(scale);
  p = x;
  n = size;
  do {
    storeLanes(p, f32x4.mul(f32x4.sub(loadLanes(p, n), mean), factor), n);
    p += 16;
    n -= 4;
  } while (n > 0);
}

/**
 * y = max(0, gamma * x' + beta), x' = (x - mean) / sqrt(variance + 1e-5), for each row of x (rows, size).
 *
 * x is replaced by x', and `scales` gets 1 / sqrt(variance + 1e-5) for each row. The backward pass needs both, and y.
 * The variance is the mean squared deviation. `stride` is the number of values from row to row, for x and y. Without a
 * backward pass y may be x. A NaN affects only its own row.
 */
export function layerNormRelu(
  y: usize,
  x: usize,
  scales: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  size: i32,
  stride: i32,
): void {
  const pitch = (<usize>stride) << 2;
  do {
    normalise(x, scales, size, EPSILON);
    let offset: usize = 0;
    let n = size;
    do {
      const v = madd(loadLanes(x + offset, n), loadLanes(gamma + offset, n), loadLanes(beta + offset, n));
      storeLanes(y + offset, f32x4.pmax(v, f32x4.splat(0)), n);
      offset += 16;
      n -= 4;
    } while (n > 0);
    x += pitch;
    y += pitch;
    scales += 4;
  } while (--rows > 0);
}

/**
 * y = gamma * y' + beta, y' = (y - mean) / sqrt(variance + epsilon). Results below zero are multiplied by `slope`. One
 * row, in place.
 * @param scale one float, written
 * @param slope 0 to 1; 0 is ReLU
 */
export function layerNormLeaky(
  y: usize,
  scale: usize,
  gamma: usize,
  beta: usize,
  size: i32,
  slope: f32,
  epsilon: f32,
): void {
  normalise(y, scale, size, epsilon);
  const below = f32x4.splat(slope);
  do {
    const v = madd(loadLanes(y, size), loadLanes(gamma, size), loadLanes(beta, size));
    storeLanes(y, f32x4.pmax(v, f32x4.mul(v, below)), size);
    y += 16;
    gamma += 16;
    beta += 16;
    size -= 4;
  } while (size > 0);
}
