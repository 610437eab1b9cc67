/** Matrix times vector, for one live frame at a time: bound by how fast the weights stream in. */

import { madd } from '../simd.inline';

/**
 * y = w x + bias, with w[rows, depth] packed by `packRows` at width 16 and bias zero-padded like y.
 *
 * y and bias have ceil(rows / 16) * 16 values; the padding of y comes out 0. Sixteen rows at a time:
 * with more accumulators V8 does not get faster, and less padding is computed.
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
