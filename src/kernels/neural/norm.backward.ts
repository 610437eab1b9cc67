/** The gradient of `layerNormRelu`. */

import { madd, sum4 } from '../simd.inline';
import { loadLanes, storeLanes } from './math.inline';

/**
 * Computes the gradient with respect to the input of `layerNormRelu`, in place: dy is replaced by dx. It adds to dgamma
 * and dbeta.
 *
 * With g = dy * gamma where y > 0, else 0: dx = scale * (g - mean(g) - x' * mean(g x')).
 *
 * @param y output of the forward pass
 * @param x x', which the forward pass wrote over its input
 */
export function layerNormReluBackward(
  dy: usize,
  dgamma: usize,
  dbeta: usize,
  y: usize,
  x: usize,
  scales: usize,
  gamma: usize,
  rows: i32,
  size: i32,
  stride: i32,
): void {
  const pitch = (<usize>stride) << 2;
  const inverse: f32 = <f32>1 / <f32>size;
  const zero = f32x4.splat(0);
  do {
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    let offset: usize = 0;
    let n = size;
    do {
      const passed = v128.and(loadLanes(dy + offset, n), f32x4.gt(loadLanes(y + offset, n), zero));
      const normal = loadLanes(x + offset, n);
      const slope = f32x4.mul(passed, normal);
      storeLanes(dbeta + offset, f32x4.add(loadLanes(dbeta + offset, n), passed), n);
      storeLanes(dgamma + offset, f32x4.add(loadLanes(dgamma + offset, n), slope), n);
      const g = f32x4.mul(passed, loadLanes(gamma + offset, n));
      storeLanes(dy + offset, g, n);
      sum = f32x4.add(sum, g);
      product = madd(g, normal, product);
      offset += 16;
      n -= 4;
    } while (n > 0);

    const scale = load<f32>(scales);
    const factor = f32x4.splat(scale);
    const constant = f32x4.splat(-scale * inverse * sum4(sum));
    const slope = f32x4.splat(-scale * inverse * sum4(product));
    offset = 0;
    n = size;
    do {
      const tilted = madd(loadLanes(x + offset, n), slope, constant);
      storeLanes(dy + offset, madd(loadLanes(dy + offset, n), factor, tilted), n);
      offset += 16;
      n -= 4;
    } while (n > 0);
    dy += pitch;
    y += pitch;
    x += pitch;
    scales += 4;
  } while (--rows > 0);
}
