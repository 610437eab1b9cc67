/** The logistic function over vectors. */

import { loadLanes, sigmoid4, storeLanes } from './math.inline';

/** y = 1 / (1 + e^-x), n values; y may be x. Relative error below 1e-6. The backward pass needs only y. */
export function sigmoid(y: usize, x: usize, n: i32): void {
  if (n <= 0) return;
  do {
    storeLanes(y, sigmoid4(loadLanes(x, n)), n);
    x += 16;
    y += 16;
    n -= 4;
  } while (n > 0);
}
