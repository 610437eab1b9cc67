/**
 * Real FFT of n = 32..262144 samples (a power of two), forward and inverse.
 *
 * A real transform of n samples is a complex transform of m = n/2 values, made of (even, odd) samples. One more pass
 * separates the two (Sorensen et al. 1987). The complex transform is in complex.ts.
 *
 * Spectra are split: `n/2 + 1` real parts, then the same number of imaginary parts. Each half is padded with zeros to a
 * `stride` of n/2 + 4, so that elementwise kernels run over whole vectors. Real parts begin at `spectrum`, imaginary
 * parts at `spectrum + 4 * stride` (bytes). A spectrum takes n + 8 floats.
 *
 * `tables` and `work` come from `RealFft` in src/dsp/fft.ts. `work` has n floats and is shared by all transforms that
 * do not run at the same time. Any alignment works; 16 bytes is faster.
 */

import { exactMadd } from '../simd.inline';
import { differenceOfProducts, evens, firstButterfly, odds, reversed } from './butterfly.inline';
import { countMiddle, firstSplit, lastPass, middlePass, middlePasses } from './complex';

/** First pass, radix 4, over m complex values interleaved at x. */
function firstInterleaved(yr: usize, yi: usize, x: usize, w: usize, m: i32): void {
  const quarter = (<usize>m) << 1;
  const b = x + quarter;
  const c = b + quarter;
  const d = c + quarter;
  let o: usize = 0;
  do {
    const a0 = v128.load(x + o);
    const a1 = v128.load(x + o, 16);
    const b0 = v128.load(b + o);
    const b1 = v128.load(b + o, 16);
    const c0 = v128.load(c + o);
    const c1 = v128.load(c + o, 16);
    const d0 = v128.load(d + o);
    const d1 = v128.load(d + o, 16);
    firstButterfly(
      yr,
      yi,
      w,
      evens(a0, a1),
      odds(a0, a1),
      evens(b0, b1),
      odds(b0, b1),
      evens(c0, c1),
      odds(c0, c1),
      evens(d0, d1),
      odds(d0, d1),
    );
    o += 32;
    yr += 64;
    yi += 64;
    w += 96;
  } while (o < quarter);
}

/** Converts the m bins of (even + i odd) to bins 0..m of the real signal, in place. Pads with zeros. */
function separate(re: usize, im: usize, w: usize, m: i32): void {
  const r0 = load<f32>(re);
  const i0 = load<f32>(im);
  const half = f32x4.splat(0.5);
  let low: usize = 4;
  let high = ((<usize>m) << 2) - 16;
  do {
    const ar = v128.load(re + low);
    const ai = v128.load(im + low);
    const br = reversed(v128.load(re + high));
    const bi = reversed(v128.load(im + high));
    const vr = v128.load(w);
    const vi = v128.load(w, 16);
    const er = f32x4.mul(half, f32x4.add(ar, br));
    const ei = f32x4.mul(half, f32x4.sub(ai, bi));
    const dr = f32x4.sub(ar, br);
    const di = f32x4.add(ai, bi);
    const tr = differenceOfProducts(vr, dr, vi, di);
    const ti = exactMadd(vr, di, f32x4.mul(vi, dr));
    v128.store(re + low, f32x4.add(er, tr));
    v128.store(im + low, f32x4.add(ei, ti));
    v128.store(re + high, reversed(f32x4.sub(er, tr)));
    v128.store(im + high, reversed(f32x4.sub(ti, ei)));
    low += 16;
    high -= 16;
    w += 32;
  } while (low < high + 16);
  const end = (<usize>m) << 2;
  store<f32>(re, r0 + i0);
  store<f32>(im, 0);
  v128.store(re + end, f32x4(r0 - i0, 0, 0, 0));
  v128.store(im + end, f32x4.splat(0));
}

/** The inverse of `separate`, out of place, multiplied by `scale`. */
function combine(zr: usize, zi: usize, re: usize, im: usize, w: usize, m: i32, scale: f32): void {
  const half = f32x4.splat(0.5 * scale);
  const whole = f32x4.splat(scale);
  let low: usize = 4;
  let high = ((<usize>m) << 2) - 16;
  do {
    const ar = v128.load(re + low);
    const ai = v128.load(im + low);
    const br = reversed(v128.load(re + high));
    const bi = reversed(v128.load(im + high));
    const vr = f32x4.mul(whole, v128.load(w));
    const vi = f32x4.mul(whole, v128.load(w, 16));
    const er = f32x4.mul(half, f32x4.add(ar, br));
    const ei = f32x4.mul(half, f32x4.sub(ai, bi));
    const dr = f32x4.sub(ar, br);
    const di = f32x4.add(ai, bi);
    const tr = exactMadd(vr, dr, f32x4.mul(vi, di));
    const ti = differenceOfProducts(vr, di, vi, dr);
    v128.store(zr + low, f32x4.add(er, tr));
    v128.store(zi + low, f32x4.add(ei, ti));
    v128.store(zr + high, reversed(f32x4.sub(er, tr)));
    v128.store(zi + high, reversed(f32x4.sub(ti, ei)));
    low += 16;
    high -= 16;
    w += 32;
  } while (low < high + 16);
  const end = (<usize>m) << 2;
  const dc = load<f32>(re);
  const nyquist = load<f32>(re + end);
  store<f32>(zr, 0.5 * scale * (dc + nyquist));
  store<f32>(zi, 0.5 * scale * (dc - nyquist));
}

/** Interleaves m values of each of two runs: x = even[0], odd[0], even[1], ... */
function interleave(x: usize, even: usize, odd: usize, m: i32): void {
  const end = even + ((<usize>m) << 2);
  do {
    const e = v128.load(even);
    const o = v128.load(odd);
    v128.store(x, f32x4.shuffle(e, o, 0, 4, 1, 5));
    v128.store(x, f32x4.shuffle(e, o, 2, 6, 3, 7), 16);
    even += 16;
    odd += 16;
    x += 32;
  } while (even < end);
}

/** Bytes of the twiddle factors before those of `separate`. */
function twiddleBytes(m: i32): usize {
  let bytes: usize = 0;
  for (let length = m; length > 8; length >>= 2) bytes += <usize>length * 6;
  return bytes;
}

/**
 * spectrum = rfft(x): X[k] = sum over n of x[n] exp(-2 pi i k n / size), k = 0..size/2.
 * @param spectrum size + 8 floats, split (see above); must not overlap x
 * @param x `size` samples
 * @param work `size` floats of scratch
 */
export function rfft(spectrum: usize, x: usize, tables: usize, work: usize, size: i32): void {
  const m = size >> 1;
  const re = spectrum;
  const im = spectrum + ((<usize>m + 4) << 2);
  const workIm = work + ((<usize>m) << 2);
  const w = tables + <usize>m * 6;
  // the passes alternate between `work` and `spectrum`; the start is chosen so that the last pass writes to `spectrum`
  if (countMiddle(m) & 1) {
    firstInterleaved(work, workIm, x, tables, m);
    middlePasses(work, re, workIm, im, w, m);
  } else {
    firstInterleaved(re, im, x, tables, m);
    middlePasses(re, work, im, workIm, w, m);
  }
  lastPass(re, im, m);
  separate(re, im, tables + twiddleBytes(m), m);
}

/**
 * x = irfft(spectrum), with the factor 1/size, so it is the inverse of `rfft`. The imaginary parts of bins 0 and size/2
 * are taken as 0. The spectrum is not changed.
 * @param x `size` samples; must not overlap the spectrum
 * @param spectrum size + 8 floats, split
 * @param work `size` floats of scratch
 */
export function irfft(x: usize, spectrum: usize, tables: usize, work: usize, size: i32): void {
  const m = size >> 1;
  const half = (<usize>m) << 2;
  const im = spectrum + half + 16;
  const split = tables + twiddleBytes(m);
  const w = tables + <usize>m * 6;
  const workOdd = work + half;
  const xOdd = x + half;
  // an inverse transform is a forward one with real and imaginary parts exchanged; x is the second buffer
  if (countMiddle(m) & 1) {
    combine(work, workOdd, spectrum, im, split, m, <f32>1 / <f32>m);
    firstSplit(xOdd, x, workOdd, work, tables, m);
    middlePasses(xOdd, workOdd, x, work, w, m);
  } else {
    combine(x, xOdd, spectrum, im, split, m, <f32>1 / <f32>m);
    firstSplit(workOdd, work, xOdd, x, tables, m);
    middlePasses(workOdd, xOdd, work, x, w, m);
  }
  lastPass(workOdd, work, m);
  interleave(x, work, workOdd, m);
}

/** Number of steps of `rfftStep`; all take about the same time. */
export function rfftSteps(size: i32): i32 {
  return countMiddle(size >> 1) + 3;
}

/** Number of steps of `irfftStep`; all take about the same time. */
export function irfftSteps(size: i32): i32 {
  return countMiddle(size >> 1) + 4;
}

/**
 * Computes `rfft` in pieces: call it for `step` 0..rfftSteps - 1, in this order. Only the first step reads x. `work`
 * belongs to the transform until the last step.
 */
export function rfftStep(spectrum: usize, x: usize, tables: usize, work: usize, size: i32, step: i32): void {
  const m = size >> 1;
  const im = spectrum + ((<usize>m + 4) << 2);
  const workIm = work + ((<usize>m) << 2);
  const count = countMiddle(m);
  if (step > count + 1) {
    separate(spectrum, im, tables + twiddleBytes(m), m);
  } else if (step > count) {
    lastPass(spectrum, im, m);
  } else {
    // each pass writes to the buffer from which the remaining passes end in `spectrum`
    const inWork = ((count - step) & 1) != 0;
    const to = inWork ? work : spectrum;
    const toIm = inWork ? workIm : im;
    if (step == 0) firstInterleaved(to, toIm, x, tables, m);
    else {
      const from = inWork ? spectrum : work;
      middlePass(step - 1, from, to, inWork ? im : workIm, toIm, tables + <usize>m * 6, m);
    }
  }
}

/**
 * Computes `irfft` in pieces, like `rfftStep`: `step` 0..irfftSteps - 1. Only the first step reads the spectrum. x and
 * `work` belong to the transform until the last step.
 */
export function irfftStep(x: usize, spectrum: usize, tables: usize, work: usize, size: i32, step: i32): void {
  const m = size >> 1;
  const half = (<usize>m) << 2;
  const workOdd = work + half;
  const xOdd = x + half;
  const count = countMiddle(m);
  if (step > count + 2) {
    interleave(x, work, workOdd, m);
  } else if (step > count + 1) {
    lastPass(workOdd, work, m);
  } else {
    // as in `irfft`, real and imaginary parts are exchanged; the last of these steps writes to `work`
    const inWork = ((count + 1 - step) & 1) == 0;
    const to = inWork ? work : x;
    const toOdd = inWork ? workOdd : xOdd;
    const from = inWork ? x : work;
    const fromOdd = inWork ? xOdd : workOdd;
    if (step == 0) {
      const im = spectrum + half + 16;
      combine(to, toOdd, spectrum, im, tables + twiddleBytes(m), m, <f32>1 / <f32>m);
    } else if (step == 1) {
      firstSplit(toOdd, to, fromOdd, from, tables, m);
    } else {
      middlePass(step - 2, fromOdd, toOdd, from, to, tables + <usize>m * 6, m);
    }
  }
}
