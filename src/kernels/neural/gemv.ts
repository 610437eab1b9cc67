/** Matrix times vector, for one live frame. The speed at which weights are read limits it. */

import { madd } from '../simd.inline';

/**
 * y = w x + bias, with w (rows, depth) packed by `packRows` at width 16.
 *
 * y and bias have ceil(rows / 16) * 16 values. The padding of bias must be 0, the padding of y becomes 0. The kernel
 * takes sixteen rows at a time: more accumulators are not faster in V8 and need more padding.
 */
export function gemv(y: usize, w: usize, x: usize, bias: usize, rows: i32, depth: i32): void {
  do {
    let a = v128.load(bias);
    let b = v128.load(bias, 16);
    let c = v128.load(bias, 32);
    let d = v128.load(bias, 48);
    let p = x;
    let n = depth;
    do {
      const value = v128.load32_splat(p);
      a = madd(value, v128.load(w), a);
      b = madd(value, v128.load(w, 16), b);
      c = madd(value, v128.load(w, 32), c);
      d = madd(value, v128.load(w, 48), d);
      p += 4;
      w += 64;
    } while (--n > 0);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    y += 64;
    bias += 64;
    rows -= 16;
  } while (rows > 0);
}
