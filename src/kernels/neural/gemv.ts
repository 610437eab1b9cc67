/** Matrix times vector, for one live frame. Its speed is limited by reading the weights. */

import { madd } from '../simd.inline';

/**
 * y = w x + bias, with w (rows, depth) packed by `packRows` with width 16.
 *
 * y and bias have ceil(rows / 16) * 16 values. The padding of bias must be 0; the padding of y becomes 0. The kernel
 * processes sixteen rows at a time. More accumulators are not faster in V8 and need more padding.
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

/**
 * y = w x + bias, with 16-bit w. It needs half the memory traffic of `gemv`, for matrices that do not stay in a cache.
 *
 * w is packed as for `gemv`, but contains whole numbers from -32767 to 32767. Row r of the matrix is `scale` r times
 * these numbers. Sums are in floats, so the only loss of precision is the rounding of the weights.
 * @param w i16, ceil(rows / 16) * 16 * depth values
 * @param scale one float for each row, zero-padded like y
 */
export function gemv16(y: usize, w: usize, scale: usize, x: usize, bias: usize, rows: i32, depth: i32): void {
  do {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let p = x;
    let n = depth;
    do {
      const value = v128.load32_splat(p);
      const low = v128.load(w);
      const high = v128.load(w, 16);
      a = madd(value, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), a);
      b = madd(value, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), b);
      c = madd(value, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), c);
      d = madd(value, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), d);
      p += 4;
      w += 32;
    } while (--n > 0);
    v128.store(y, madd(a, v128.load(scale), v128.load(bias)));
    v128.store(y, madd(b, v128.load(scale, 16), v128.load(bias, 16)), 16);
    v128.store(y, madd(c, v128.load(scale, 32), v128.load(bias, 32)), 32);
    v128.store(y, madd(d, v128.load(scale, 48), v128.load(bias, 48)), 48);
    y += 64;
    bias += 64;
    scale += 64;
    rows -= 16;
  } while (rows > 0);
}
