/**
 * Two real frames in one complex FFT, for spectrograms. Frame a is the real part of the input, frame b the imaginary
 * part. This takes fewer operations than two real transforms. No pass separates even samples from odd ones, because a
 * and b are separated where their bins are used. The input and the output need no shuffling.
 *
 * With Z the transform of n values, A + A = Z[k] + conj Z[n - k] and i (B + B) = Z[k] - conj Z[n - k].
 *
 * The memory of a pair, in floats: the real parts of Z (n values, then Z[0] again, padded to n + 4), the imaginary
 * parts in the same layout, and the same total size again as scratch.
 *
 * `tables` are those of `RealFft` of 2 n, whose complex transform has n values.
 */

import { madd } from '../simd.inline';
import { firstButterfly } from './butterfly.inline';
import { countMiddle, firstSplit, lastPass, middlePasses } from './complex';

/** Bytes from the real parts of a pair to its imaginary parts. */
export function pairPitch(size: i32): usize {
  return (<usize>size + 4) << 2;
}

/** First pass, radix 4, over (a + i b) * window. */
function firstWindowed(yr: usize, yi: usize, a: usize, b: usize, window: usize, w: usize, m: i32): void {
  const quarter = <usize>m;
  let o: usize = 0;
  do {
    const at = a + o;
    const bt = b + o;
    const w0 = v128.load(window + o);
    const w1 = v128.load(window + o + quarter);
    const w2 = v128.load(window + o + 2 * quarter);
    const w3 = v128.load(window + o + 3 * quarter);
    firstButterfly(
      yr,
      yi,
      w,
      f32x4.mul(v128.load(at), w0),
      f32x4.mul(v128.load(bt), w0),
      f32x4.mul(v128.load(at + quarter), w1),
      f32x4.mul(v128.load(bt + quarter), w1),
      f32x4.mul(v128.load(at + 2 * quarter), w2),
      f32x4.mul(v128.load(bt + 2 * quarter), w2),
      f32x4.mul(v128.load(at + 3 * quarter), w3),
      f32x4.mul(v128.load(bt + 3 * quarter), w3),
    );
    o += 16;
    yr += 64;
    yi += 64;
    w += 96;
  } while (o < quarter);
}

/** Z of the frames at a and b, each multiplied by the window. */
export function transformPair(
  pair: usize,
  a: usize,
  b: usize,
  window: usize,
  tables: usize,
  size: i32,
): void {
  const pitch = pairPitch(size);
  const im = pair + pitch;
  const work = im + pitch;
  const workIm = work + pitch;
  const w = tables + <usize>size * 6;
  // the passes alternate between scratch and `pair`; the start is chosen so that the last pass writes to `pair`
  if (countMiddle(size) & 1) {
    firstWindowed(work, workIm, a, b, window, tables, size);
    middlePasses(work, pair, workIm, im, w, size);
  } else {
    firstWindowed(pair, im, a, b, window, tables, size);
    middlePasses(pair, work, im, workIm, w, size);
  }
  lastPass(pair, im, size);
  const end = (<usize>size) << 2;
  store<f32>(pair + end, load<f32>(pair));
  store<f32>(im + end, load<f32>(im));
}

/** y += x * window, n a multiple of 8. */
function addWindowed(y: usize, x: usize, window: usize, n: i32): void {
  const end = (<usize>n) << 2;
  let o: usize = 0;
  do {
    v128.store(y + o, madd(v128.load(x + o), v128.load(window + o), v128.load(y + o)));
    v128.store(y + o, madd(v128.load(x + o, 16), v128.load(window + o, 16), v128.load(y + o, 16)), 16);
    o += 32;
  } while (o < end);
}

/**
 * Makes Z exactly that of the first frame alone. So the spectrum of a second frame of zeros contains no rounding
 * errors.
 */
export function dropSecond(pair: usize, size: i32): void {
  const im = pair + pairPitch(size);
  const half = (<usize>size) << 1;
  let k: usize = 0;
  let mirror = half + half;
  do {
    const re = <f32>0.5 * (load<f32>(pair + k) + load<f32>(pair + mirror));
    const imaginary = <f32>0.5 * (load<f32>(im + k) - load<f32>(im + mirror));
    store<f32>(pair + k, re);
    store<f32>(pair + mirror, re);
    store<f32>(im + k, imaginary);
    store<f32>(im + mirror, -imaginary);
    k += 4;
    mirror -= 4;
  } while (k <= half);
}

/**
 * The transpose of `transformPair`. It takes the inverse transform of Z (not divided by n) and multiplies it by the
 * window. It adds the real part to the frame at a and the imaginary part to the frame at b. If b is 0, it adds to a
 * alone. Z is overwritten.
 */
export function addInversePair(
  a: usize,
  b: usize,
  pair: usize,
  window: usize,
  tables: usize,
  size: i32,
): void {
  const pitch = pairPitch(size);
  const im = pair + pitch;
  const work = im + pitch;
  const workIm = work + pitch;
  // an inverse transform is a forward one with real and imaginary parts exchanged, on both sides
  firstSplit(workIm, work, im, pair, tables, size);
  middlePasses(workIm, im, work, pair, tables + <usize>size * 6, size);
  const real = countMiddle(size) & 1 ? pair : work;
  lastPass(real + pitch, real, size);
  addWindowed(a, real, window, size);
  if (b) addWindowed(b, real + pitch, window, size);
}
