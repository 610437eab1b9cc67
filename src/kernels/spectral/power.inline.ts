/** The windowed frame and its power, shared by all kernels over spectrograms. */

import { madd } from '../simd.inline';

/** frame = x * window, n a multiple of 8. */
// @ts-ignore: decorator
@inline
export function applyWindow(frame: usize, x: usize, window: usize, n: i32): void {
  const end = (<usize>n) << 2;
  let o: usize = 0;
  do {
    v128.store(frame + o, f32x4.mul(v128.load(x + o), v128.load(window + o)));
    v128.store(frame + o, f32x4.mul(v128.load(x + o, 16), v128.load(window + o, 16)), 16);
    o += 32;
  } while (o < end);
}

/** re^2 + im^2 of four bins. */
// @ts-ignore: decorator
@inline
export function powerOf(re: v128, im: v128): v128 {
  return madd(re, re, f32x4.mul(im, im));
}
