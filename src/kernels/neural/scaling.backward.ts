/** The gradient of `expSigmoid`. It needs only u. */

import { madd } from '../simd.inline';
import { loadLanes, powLn10, storeLanes } from './math.inline';

/** du += dy * max * ln(10) * u^(ln(10) - 1), n values. */
export function expSigmoidBackward(du: usize, dy: usize, u: usize, max: f32, n: i32): void {
  if (n <= 0) return;
  const scale = f32x4.splat(max * 2.302585092994046);
  do {
    const slope = f32x4.mul(powLn10(loadLanes(u, n), 1), scale);
    storeLanes(du, madd(loadLanes(dy, n), slope, loadLanes(du, n)), n);
    u += 16;
    dy += 16;
    du += 16;
    n -= 4;
  } while (n > 0);
}
