/** The gradient of `sigmoid`. */

import { loadLanes, storeLanes } from './math.inline';

/** dx = dy * y * (1 - y), n values; dx may be dy. It is set, not accumulated, because x has no other use. */
export function sigmoidBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  if (n <= 0) return;
  do {
    const v = loadLanes(y, n);
    const slope = f32x4.mul(v, f32x4.sub(f32x4.splat(1), v));
    storeLanes(dx, f32x4.mul(loadLanes(dy, n), slope), n);
    dx += 16;
    dy += 16;
    y += 16;
    n -= 4;
  } while (n > 0);
}
