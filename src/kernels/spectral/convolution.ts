/**
 * Products of split spectra (layout: see fft.ts), for convolution and its gradients. `stride` is the stride of a
 * spectrum, a multiple of 4. The imaginary parts lie `stride` floats after the real parts.
 */

import { madd } from '../simd.inline';
import { differenceOfProducts } from './butterfly.inline';

/** y = a b, bin by bin. y may be a or b. */
export function multiplySpectra(y: usize, a: usize, b: usize, stride: i32): void {
  const im = (<usize>stride) << 2;
  const end = y + im;
  do {
    const ar = v128.load(a);
    const ai = v128.load(a + im);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    v128.store(y, differenceOfProducts(ar, br, ai, bi));
    v128.store(y + im, madd(ar, bi, f32x4.mul(ai, br)));
    a += 16;
    b += 16;
    y += 16;
  } while (y < end);
}

/** y = x Re(h): filters x with an even impulse response h. y may be x. */
export function multiplyByReal(y: usize, x: usize, h: usize, stride: i32): void {
  const im = (<usize>stride) << 2;
  const end = y + im;
  do {
    const gain = v128.load(h);
    v128.store(y, f32x4.mul(gain, v128.load(x)));
    v128.store(y + im, f32x4.mul(gain, v128.load(x + im)));
    x += 16;
    h += 16;
    y += 16;
  } while (y < end);
}

/** y += a b. */
function multiplyAddOne(y: usize, a: usize, b: usize, im: usize): void {
  const end = y + im;
  do {
    const ar = v128.load(a);
    const ai = v128.load(a + im);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    const re = madd(ar, br, v128.load(y));
    v128.store(y, f32x4.sub(re, f32x4.mul(ai, bi)));
    v128.store(y + im, madd(ar, bi, madd(ai, br, v128.load(y + im))));
    a += 16;
    b += 16;
    y += 16;
  } while (y < end);
}

/** y += a b + c d. It reads and writes y only once for two products. */
function multiplyAddTwo(y: usize, a: usize, b: usize, c: usize, d: usize, im: usize): void {
  const end = y + im;
  do {
    const ar = v128.load(a);
    const ai = v128.load(a + im);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    const cr = v128.load(c);
    const ci = v128.load(c + im);
    const dr = v128.load(d);
    const di = v128.load(d + im);
    const re = madd(cr, dr, madd(ar, br, v128.load(y)));
    const less = madd(ci, di, f32x4.mul(ai, bi));
    v128.store(y, f32x4.sub(re, less));
    const one = madd(ai, br, madd(ar, bi, v128.load(y + im)));
    const two = madd(ci, dr, f32x4.mul(cr, di));
    v128.store(y + im, f32x4.add(one, two));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
    y += 16;
  } while (y < end);
}

/**
 * y += sum over p = from .. to - 1 of blocks[(newest - p) mod slots] filters[p]. This is partitioned convolution in the
 * frequency domain (Kulp 1988).
 * @param blocks ring of `slots` spectra of past input blocks; `newest` is the slot of the last one
 * @param filters spectra of the partitions of the impulse response
 * @param to at most slots
 */
export function multiplyPartitions(
  y: usize,
  blocks: usize,
  filters: usize,
  stride: i32,
  slots: i32,
  newest: i32,
  from: i32,
  to: i32,
): void {
  const im = (<usize>stride) << 2;
  const length = im * 2;
  let slot = newest - from;
  if (slot < 0) slot += slots;
  let filter = filters + <usize>from * length;
  for (; to - from >= 2; from += 2) {
    const second = slot == 0 ? slots - 1 : slot - 1;
    multiplyAddTwo(
      y,
      blocks + <usize>slot * length,
      filter,
      blocks + <usize>second * length,
      filter + length,
      im,
    );
    filter += 2 * length;
    slot = second == 0 ? slots - 1 : second - 1;
  }
  if (from < to) multiplyAddOne(y, blocks + <usize>slot * length, filter, im);
}

/** y = x where |x| >= 1e-12, else 0 (also for NaN). n values. The limit keeps products from becoming denormal. */
export function copyFlushed(y: usize, x: usize, n: i32): void {
  const least = f32x4.splat(1e-12);
  let i = 0;
  const quads = n & ~3;
  if (quads > 0) {
    do {
      const o = (<usize>i) << 2;
      const value = v128.load(x + o);
      v128.store(y + o, v128.and(value, f32x4.ge(f32x4.abs(value), least)));
      i += 4;
    } while (i < quads);
  }
  for (; i < n; i++) {
    const o = (<usize>i) << 2;
    const value = load<f32>(x + o);
    store<f32>(y + o, Mathf.abs(value) >= 1e-12 ? value : 0);
  }
}
