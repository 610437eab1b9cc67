/** Blends the outputs of two decoders. */

import { madd } from '../simd.inline';
import { logOf } from '../spectral/log.inline';
import { exp4, loadLanes, storeLanes } from './math.inline';

/** y = a^(1 - share) b^share for n values in (0, 1]. Values below 1e-12 are taken as 1e-12. y may be a or b. */
export function blend(y: usize, a: usize, b: usize, share: f32, n: i32): void {
  if (n <= 0) return;
  const least = f32x4.splat(1e-12);
  const weight = f32x4.splat(share);
  do {
    const from = logOf(f32x4.pmax(loadLanes(a, n), least));
    const to = logOf(f32x4.pmax(loadLanes(b, n), least));
    storeLanes(y, exp4(madd(f32x4.sub(to, from), weight, from)), n);
    a += 16;
    b += 16;
    y += 16;
    n -= 4;
  } while (n > 0);
}
