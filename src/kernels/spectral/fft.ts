/**
 * Real FFT of n = 32..262144 samples (a power of two), forward and inverse.
 *
 * A real transform of n is a complex one of m = n/2 over (even, odd) samples, and a pass that
 * separates the two (Sorensen et al. 1987). The complex transform is Stockham's: every pass reads one
 * buffer and writes another in sorted order, so nothing is bit-reversed and, from the second pass on,
 * four neighbours share a twiddle. Passes are radix 4; the last, which has no twiddles, is 4 or 8.
 *
 * Spectra are split: `n/2 + 1` real parts, then as many imaginary ones, each half padded with zeros to
 * a `stride` of n/2 + 4, so that elementwise kernels run over whole vectors. Real parts begin at
 * `spectrum`, imaginary ones at `spectrum + 4 * stride`; a spectrum takes n + 8 floats.
 *
 * `tables` and `work` (n floats, shared by all transforms that are not under way at once) come from
 * `RealFft` in src/engine/spectral/fft.ts. Any alignment works; 16 bytes is faster.
 */

import { madd } from '../simd.inline';
import { differenceOfProducts, evens, firstButterfly, odds, reversed } from './butterfly.inline';

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

/** First pass, radix 4, over m complex values split at xr, xi. */
function firstSplit(yr: usize, yi: usize, xr: usize, xi: usize, w: usize, m: i32): void {
  const quarter = <usize>m;
  let o: usize = 0;
  do {
    const r = xr + o;
    const i = xi + o;
    firstButterfly(
      yr,
      yi,
      w,
      v128.load(r),
      v128.load(i),
      v128.load(r + quarter),
      v128.load(i + quarter),
      v128.load(r + 2 * quarter),
      v128.load(i + 2 * quarter),
      v128.load(r + 3 * quarter),
      v128.load(i + 3 * quarter),
    );
    o += 16;
    yr += 64;
    yi += 64;
    w += 96;
  } while (o < quarter);
}

/** A middle pass, radix 4: sub-transforms of length `length`, `s` = m / length of them side by side. */
function middle(yr: usize, yi: usize, xr: usize, xi: usize, w: usize, length: i32, s: i32): void {
  const run = (<usize>s) << 2;
  const quarter = run * (<usize>length >> 2);
  const wEnd = w + <usize>length * 6;
  do {
    const w1r = v128.load32_splat(w);
    const w1i = v128.load32_splat(w, 4);
    const w2r = v128.load32_splat(w, 8);
    const w2i = v128.load32_splat(w, 12);
    const w3r = v128.load32_splat(w, 16);
    const w3i = v128.load32_splat(w, 20);
    const end = xr + run;
    do {
      const ar = v128.load(xr);
      const ai = v128.load(xi);
      const br = v128.load(xr + quarter);
      const bi = v128.load(xi + quarter);
      const cr = v128.load(xr + 2 * quarter);
      const ci = v128.load(xi + 2 * quarter);
      const dr = v128.load(xr + 3 * quarter);
      const di = v128.load(xi + 3 * quarter);
      const acr = f32x4.add(ar, cr);
      const aci = f32x4.add(ai, ci);
      const bdr = f32x4.add(br, dr);
      const bdi = f32x4.add(bi, di);
      const amcr = f32x4.sub(ar, cr);
      const amci = f32x4.sub(ai, ci);
      const bmdr = f32x4.sub(br, dr);
      const bmdi = f32x4.sub(bi, di);
      v128.store(yr, f32x4.add(acr, bdr));
      v128.store(yi, f32x4.add(aci, bdi));
      const y1r = f32x4.add(amcr, bmdi);
      const y1i = f32x4.sub(amci, bmdr);
      v128.store(yr + run, differenceOfProducts(y1r, w1r, y1i, w1i));
      v128.store(yi + run, madd(y1r, w1i, f32x4.mul(y1i, w1r)));
      const y2r = f32x4.sub(acr, bdr);
      const y2i = f32x4.sub(aci, bdi);
      v128.store(yr + 2 * run, differenceOfProducts(y2r, w2r, y2i, w2i));
      v128.store(yi + 2 * run, madd(y2r, w2i, f32x4.mul(y2i, w2r)));
      const y3r = f32x4.sub(amcr, bmdi);
      const y3i = f32x4.add(amci, bmdr);
      v128.store(yr + 3 * run, differenceOfProducts(y3r, w3r, y3i, w3i));
      v128.store(yi + 3 * run, madd(y3r, w3i, f32x4.mul(y3i, w3r)));
      xr += 16;
      xi += 16;
      yr += 16;
      yi += 16;
    } while (xr < end);
    yr += 3 * run;
    yi += 3 * run;
    w += 24;
  } while (w < wEnd);
}

/** Last pass, radix 4, no twiddles. Where y and x agree index by index it may run in place. */
function last4(yr: usize, yi: usize, xr: usize, xi: usize, m: i32): void {
  const q1 = <usize>m;
  const q2 = q1 * 2;
  const q3 = q1 * 3;
  const end = xr + q1;
  do {
    const ar = v128.load(xr);
    const ai = v128.load(xi);
    const br = v128.load(xr + q1);
    const bi = v128.load(xi + q1);
    const cr = v128.load(xr + q2);
    const ci = v128.load(xi + q2);
    const dr = v128.load(xr + q3);
    const di = v128.load(xi + q3);
    const acr = f32x4.add(ar, cr);
    const aci = f32x4.add(ai, ci);
    const bdr = f32x4.add(br, dr);
    const bdi = f32x4.add(bi, di);
    const amcr = f32x4.sub(ar, cr);
    const amci = f32x4.sub(ai, ci);
    const bmdr = f32x4.sub(br, dr);
    const bmdi = f32x4.sub(bi, di);
    v128.store(yr, f32x4.add(acr, bdr));
    v128.store(yi, f32x4.add(aci, bdi));
    v128.store(yr + q1, f32x4.add(amcr, bmdi));
    v128.store(yi + q1, f32x4.sub(amci, bmdr));
    v128.store(yr + q2, f32x4.sub(acr, bdr));
    v128.store(yi + q2, f32x4.sub(aci, bdi));
    v128.store(yr + q3, f32x4.sub(amcr, bmdi));
    v128.store(yi + q3, f32x4.add(amci, bmdr));
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  } while (xr < end);
}

/** Last pass, radix 8, no twiddles: two radix-4 butterflies of alternate inputs, then four of radix 2. */
function last8(yr: usize, yi: usize, xr: usize, xi: usize, m: i32): void {
  const step = <usize>m >> 1;
  const end = xr + step;
  const half = f32x4.splat(<f32>0.7071067811865476);
  do {
    const r0 = v128.load(xr);
    const i0 = v128.load(xi);
    const r2 = v128.load(xr + 2 * step);
    const i2 = v128.load(xi + 2 * step);
    const r4 = v128.load(xr + 4 * step);
    const i4 = v128.load(xi + 4 * step);
    const r6 = v128.load(xr + 6 * step);
    const i6 = v128.load(xi + 6 * step);
    const eacr = f32x4.add(r0, r4);
    const eaci = f32x4.add(i0, i4);
    const ebdr = f32x4.add(r2, r6);
    const ebdi = f32x4.add(i2, i6);
    const eamr = f32x4.sub(r0, r4);
    const eami = f32x4.sub(i0, i4);
    const ebmr = f32x4.sub(r2, r6);
    const ebmi = f32x4.sub(i2, i6);
    const r1 = v128.load(xr + step);
    const i1 = v128.load(xi + step);
    const r3 = v128.load(xr + 3 * step);
    const i3 = v128.load(xi + 3 * step);
    const r5 = v128.load(xr + 5 * step);
    const i5 = v128.load(xi + 5 * step);
    const r7 = v128.load(xr + 7 * step);
    const i7 = v128.load(xi + 7 * step);
    const oacr = f32x4.add(r1, r5);
    const oaci = f32x4.add(i1, i5);
    const obdr = f32x4.add(r3, r7);
    const obdi = f32x4.add(i3, i7);
    const oamr = f32x4.sub(r1, r5);
    const oami = f32x4.sub(i1, i5);
    const obmr = f32x4.sub(r3, r7);
    const obmi = f32x4.sub(i3, i7);

    const e0r = f32x4.add(eacr, ebdr);
    const e0i = f32x4.add(eaci, ebdi);
    const o0r = f32x4.add(oacr, obdr);
    const o0i = f32x4.add(oaci, obdi);
    v128.store(yr, f32x4.add(e0r, o0r));
    v128.store(yi, f32x4.add(e0i, o0i));
    v128.store(yr + 4 * step, f32x4.sub(e0r, o0r));
    v128.store(yi + 4 * step, f32x4.sub(e0i, o0i));

    // times exp(-i pi / 4) = (1 - i) / sqrt 2
    const e1r = f32x4.add(eamr, ebmi);
    const e1i = f32x4.sub(eami, ebmr);
    const o1r = f32x4.add(oamr, obmi);
    const o1i = f32x4.sub(oami, obmr);
    const t1r = f32x4.mul(half, f32x4.add(o1r, o1i));
    const t1i = f32x4.mul(half, f32x4.sub(o1i, o1r));
    v128.store(yr + step, f32x4.add(e1r, t1r));
    v128.store(yi + step, f32x4.add(e1i, t1i));
    v128.store(yr + 5 * step, f32x4.sub(e1r, t1r));
    v128.store(yi + 5 * step, f32x4.sub(e1i, t1i));

    // times -i
    const e2r = f32x4.sub(eacr, ebdr);
    const e2i = f32x4.sub(eaci, ebdi);
    const o2r = f32x4.sub(oacr, obdr);
    const o2i = f32x4.sub(oaci, obdi);
    v128.store(yr + 2 * step, f32x4.add(e2r, o2i));
    v128.store(yi + 2 * step, f32x4.sub(e2i, o2r));
    v128.store(yr + 6 * step, f32x4.sub(e2r, o2i));
    v128.store(yi + 6 * step, f32x4.add(e2i, o2r));

    // times exp(-3 i pi / 4) = (-1 - i) / sqrt 2
    const e3r = f32x4.sub(eamr, ebmi);
    const e3i = f32x4.add(eami, ebmr);
    const o3r = f32x4.sub(oamr, obmi);
    const o3i = f32x4.add(oami, obmr);
    const t3r = f32x4.mul(half, f32x4.sub(o3i, o3r));
    const t3i = f32x4.mul(half, f32x4.add(o3r, o3i));
    v128.store(yr + 3 * step, f32x4.add(e3r, t3r));
    v128.store(yi + 3 * step, f32x4.sub(e3i, t3i));
    v128.store(yr + 7 * step, f32x4.sub(e3r, t3r));
    v128.store(yi + 7 * step, f32x4.add(e3i, t3i));
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  } while (xr < end);
}

/** All middle passes, from one buffer to the other and back. */
function middlePasses(from: usize, to: usize, im: usize, toIm: usize, w: usize, m: i32): void {
  let length = m >> 2;
  let s = 4;
  while (length > 8) {
    middle(to, toIm, from, im, w, length, s);
    w += <usize>length * 6;
    length >>= 2;
    s <<= 2;
    const re = from;
    from = to;
    to = re;
    const i = im;
    im = toIm;
    toIm = i;
  }
}

/** Middle passes a transform of m complex values has. */
function countMiddle(m: i32): i32 {
  let count = 0;
  for (let length = m >> 2; length > 8; length >>= 2) count++;
  return count;
}

/** Whether the last pass is radix 8 (m an odd power of two) and not 4. */
function endsIn8(m: i32): bool {
  return (ctz(m) & 1) != 0;
}

/** Bins 0..m of the real signal from the m bins of (even + i odd), in place; pads with zeros. */
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
    const ti = madd(vr, di, f32x4.mul(vi, dr));
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

/** The inverse of `separate`, out of place, times `scale`. */
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
    const tr = madd(vr, dr, f32x4.mul(vi, di));
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

/** Bytes of twiddles before those of `separate`. */
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
  // the passes alternate between `work` and `spectrum`; begin where the last lands in `spectrum`
  if (countMiddle(m) & 1) {
    firstInterleaved(work, workIm, x, tables, m);
    middlePasses(work, re, workIm, im, w, m);
  } else {
    firstInterleaved(re, im, x, tables, m);
    middlePasses(re, work, im, workIm, w, m);
  }
  if (endsIn8(m)) last8(re, im, re, im, m);
  else last4(re, im, re, im, m);
  separate(re, im, tables + twiddleBytes(m), m);
}

/**
 * x = irfft(spectrum), with the 1/size that makes it the inverse of `rfft`. The imaginary parts of
 * bins 0 and size/2 are taken as 0. The spectrum is kept.
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
  if (endsIn8(m)) last8(workOdd, work, workOdd, work, m);
  else last4(workOdd, work, workOdd, work, m);
  interleave(x, work, workOdd, m);
}
