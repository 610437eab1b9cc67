/** The gradient of `glide`, which is linear: nothing is kept from the forward pass. */

import { loadLanes } from '../neural/math.inline';
import { madd, sum4 } from '../simd.inline';

/**
 * Adds the gradient of the earlier frame's value to dFrom and of the later one's to dTo; dFrom may be dTo.
 * @param dy n values: gradient with respect to what `glide` wrote
 */
export function glideBackward(dFrom: usize, dTo: usize, dy: usize, weight: usize, n: i32): void {
  let whole = f32x4.splat(0);
  let later = whole;
  while (n > 0) {
    const d = loadLanes(dy, n);
    later = madd(d, loadLanes(weight, n), later);
    whole = f32x4.add(whole, d);
    dy += 16;
    weight += 16;
    n -= 4;
  }
  const to = sum4(later);
  store<f32>(dFrom, load<f32>(dFrom) + (sum4(whole) - to));
  store<f32>(dTo, load<f32>(dTo) + to);
}
