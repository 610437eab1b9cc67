/** The gradient of `mixEach` for k = 1/2, as a model is trained. */

import { loadLanes, storeLanes } from '../neural/math.inline';
import { madd } from '../simd.inline';

/**
 * dDry += 2 (1 - m) dy, dWet = 2 m dy, dM = 2 (wet - dry) dy, n values.
 * @param dWet written; may be dy
 * @param dM written; may be wet
 */
export function mixEachBackward(
  dDry: usize,
  dWet: usize,
  dM: usize,
  dy: usize,
  dry: usize,
  wet: usize,
  m: usize,
  n: i32,
): void {
  while (n > 0) {
    const d = loadLanes(dy, n);
    const twice = f32x4.add(d, d);
    const share = loadLanes(m, n);
    const toWet = f32x4.mul(twice, share);
    const difference = f32x4.sub(loadLanes(wet, n), loadLanes(dry, n));
    storeLanes(dDry, madd(twice, f32x4.sub(f32x4.splat(1), share), loadLanes(dDry, n)), n);
    storeLanes(dWet, toWet, n);
    storeLanes(dM, f32x4.mul(difference, twice), n);
    dDry += 16;
    dWet += 16;
    dM += 16;
    dy += 16;
    dry += 16;
    wet += 16;
    m += 16;
    n -= 4;
  }
}
