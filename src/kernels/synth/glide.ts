/** Interpolates a control with one value per frame to samples: linearly between frame centres. */

import { loadLanes, storeLanes } from '../neural/math.inline';
import { lerp4 } from './tile.inline';

/**
 * y = from + weight (to - from), over n samples of a segment.
 * @param weight n values: the weight of the later frame
 * @param from the earlier frame's value
 * @param to the later frame's value; may be `from`
 */
export function glide(y: usize, weight: usize, from: usize, to: usize, n: i32): void {
  const a = v128.load32_splat(from);
  const b = v128.load32_splat(to);
  while (n > 0) {
    storeLanes(y, lerp4(a, b, loadLanes(weight, n)), n);
    y += 16;
    weight += 16;
    n -= 4;
  }
}
