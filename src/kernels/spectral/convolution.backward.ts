/**
 * Gradients of convolution.ts, which are correlations. In the frequency domain the gradient of y = a b is dA = conj(b)
 * dY.
 */

import { madd } from '../simd.inline';
import { differenceOfProducts } from './butterfly.inline';

/** y = conj(a) b. y may be a or b. */
export function correlateSpectra(y: usize, a: usize, b: usize, stride: i32): void {
  const im = (<usize>stride) << 2;
  const end = y + im;
  do {
    const ar = v128.load(a);
    const ai = v128.load(a + im);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    v128.store(y, madd(ar, br, f32x4.mul(ai, bi)));
    v128.store(y + im, differenceOfProducts(ar, bi, ai, br));
    a += 16;
    b += 16;
    y += 16;
  } while (y < end);
}

/** y += conj(a) b. */
export function correlateSpectraAdd(y: usize, a: usize, b: usize, stride: i32): void {
  const im = (<usize>stride) << 2;
  const end = y + im;
  do {
    const ar = v128.load(a);
    const ai = v128.load(a + im);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    v128.store(y, madd(ar, br, madd(ai, bi, v128.load(y))));
    const more = madd(ar, bi, v128.load(y + im));
    v128.store(y + im, f32x4.sub(more, f32x4.mul(ai, br)));
    a += 16;
    b += 16;
    y += 16;
  } while (y < end);
}

/** y = Re(conj(a) b), imaginary parts 0: the even part of the correlation of a and b. */
export function correlateEven(y: usize, a: usize, b: usize, stride: i32): void {
  const im = (<usize>stride) << 2;
  const end = y + im;
  const zero = f32x4.splat(0);
  do {
    const re = f32x4.mul(v128.load(a + im), v128.load(b + im));
    v128.store(y, madd(v128.load(a), v128.load(b), re));
    v128.store(y + im, zero);
    a += 16;
    b += 16;
    y += 16;
  } while (y < end);
}
