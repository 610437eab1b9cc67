/** Scales a decoder output to a control (the modified sigmoid of Engel et al. 2020, section 3.2). */

import { madd } from '../simd.inline';
import { loadLanes, powLn10, storeLanes } from './math.inline';

/** y = max * u^ln(10) + 1e-7 for n values u in [0, 1]; y may be u. Relative error below 1e-6. */
export function expSigmoid(y: usize, u: usize, max: f32, n: i32): void {
  if (n <= 0) return;
  const scale = f32x4.splat(max);
  const floor = f32x4.splat(1e-7);
  do {
    storeLanes(y, madd(powLn10(loadLanes(u, n), 0), scale, floor), n);
    u += 16;
    y += 16;
    n -= 4;
  } while (n > 0);
}
