/**
 * The passes of a complex FFT of m values, with real and imaginary parts in separate arrays.
 *
 * The algorithm is Stockham's: every pass reads one buffer and writes another in sorted order. So no bit reversal is
 * needed, and from the second pass on four neighbours share a twiddle factor. Passes are radix 4. The last pass has no
 * twiddle factors, is radix 4 or 8 and may run in place. The twiddle factors are those of `RealFft` (src/dsp/fft.ts) of
 * 2 m: six floats per butterfly, pass after pass.
 */

import { exactMadd } from '../simd.inline';
import { differenceOfProducts, firstButterfly } from './butterfly.inline';

/** First pass, radix 4, over m complex values split at xr, xi. */
export function firstSplit(yr: usize, yi: usize, xr: usize, xi: usize, w: usize, m: i32): void {
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

/** The middle pass in which four sub-transforms lie side by side. Every butterfly has its own twiddle factors. */
function middleOfFour(yr: usize, yi: usize, xr: usize, xi: usize, w: usize, length: i32): void {
  const quarter = (<usize>length) << 2;
  const end = xr + quarter;
  do {
    const ar = v128.load(xr);
    const cr = v128.load(xr + 2 * quarter);
    const br = v128.load(xr + quarter);
    const dr = v128.load(xr + 3 * quarter);
    const acr = f32x4.add(ar, cr);
    const amcr = f32x4.sub(ar, cr);
    const bdr = f32x4.add(br, dr);
    const bmdr = f32x4.sub(br, dr);
    const ai = v128.load(xi);
    const ci = v128.load(xi + 2 * quarter);
    const bi = v128.load(xi + quarter);
    const di = v128.load(xi + 3 * quarter);
    const aci = f32x4.add(ai, ci);
    const amci = f32x4.sub(ai, ci);
    const bdi = f32x4.add(bi, di);
    const bmdi = f32x4.sub(bi, di);
    v128.store(yr, f32x4.add(acr, bdr));
    v128.store(yi, f32x4.add(aci, bdi));
    const y2r = f32x4.sub(acr, bdr);
    const y2i = f32x4.sub(aci, bdi);
    const w2r = v128.load32_splat(w, 8);
    const w2i = v128.load32_splat(w, 12);
    v128.store(yr, differenceOfProducts(y2r, w2r, y2i, w2i), 32);
    v128.store(yi, exactMadd(y2r, w2i, f32x4.mul(y2i, w2r)), 32);
    const y1r = f32x4.add(amcr, bmdi);
    const y1i = f32x4.sub(amci, bmdr);
    const w1r = v128.load32_splat(w);
    const w1i = v128.load32_splat(w, 4);
    v128.store(yr, differenceOfProducts(y1r, w1r, y1i, w1i), 16);
    v128.store(yi, exactMadd(y1r, w1i, f32x4.mul(y1i, w1r)), 16);
    const y3r = f32x4.sub(amcr, bmdi);
    const y3i = f32x4.add(amci, bmdr);
    const w3r = v128.load32_splat(w, 16);
    const w3i = v128.load32_splat(w, 20);
    v128.store(yr, differenceOfProducts(y3r, w3r, y3i, w3i), 48);
    v128.store(yi, exactMadd(y3r, w3i, f32x4.mul(y3i, w3r)), 48);
    xr += 16;
    xi += 16;
    yr += 64;
    yi += 64;
    w += 24;
  } while (xr < end);
}

/** A middle pass, radix 4: `s` = m / length sub-transforms of length `length` lie side by side. */
function middle(yr: usize, yi: usize, xr: usize, xi: usize, w: usize, length: i32, s: i32): void {
  const run = (<usize>s) << 2;
  const quarter = run * (<usize>length >> 2);
  const wEnd = w + <usize>length * 6;
  do {
    const end = xr + run;
    do {
      const ar = v128.load(xr);
      const cr = v128.load(xr + 2 * quarter);
      const br = v128.load(xr + quarter);
      const dr = v128.load(xr + 3 * quarter);
      const acr = f32x4.add(ar, cr);
      const amcr = f32x4.sub(ar, cr);
      const bdr = f32x4.add(br, dr);
      const bmdr = f32x4.sub(br, dr);
      const ai = v128.load(xi);
      const ci = v128.load(xi + 2 * quarter);
      const bi = v128.load(xi + quarter);
      const di = v128.load(xi + 3 * quarter);
      const aci = f32x4.add(ai, ci);
      const amci = f32x4.sub(ai, ci);
      const bdi = f32x4.add(bi, di);
      const bmdi = f32x4.sub(bi, di);
      v128.store(yr, f32x4.add(acr, bdr));
      v128.store(yi, f32x4.add(aci, bdi));
      const y2r = f32x4.sub(acr, bdr);
      const y2i = f32x4.sub(aci, bdi);
      const w2r = v128.load32_splat(w, 8);
      const w2i = v128.load32_splat(w, 12);
      v128.store(yr + 2 * run, differenceOfProducts(y2r, w2r, y2i, w2i));
      v128.store(yi + 2 * run, exactMadd(y2r, w2i, f32x4.mul(y2i, w2r)));
      const y1r = f32x4.add(amcr, bmdi);
      const y1i = f32x4.sub(amci, bmdr);
      const w1r = v128.load32_splat(w);
      const w1i = v128.load32_splat(w, 4);
      v128.store(yr + run, differenceOfProducts(y1r, w1r, y1i, w1i));
      v128.store(yi + run, exactMadd(y1r, w1i, f32x4.mul(y1i, w1r)));
      const y3r = f32x4.sub(amcr, bmdi);
      const y3i = f32x4.add(amci, bmdr);
      const w3r = v128.load32_splat(w, 16);
      const w3i = v128.load32_splat(w, 20);
      v128.store(yr + 3 * run, differenceOfProducts(y3r, w3r, y3i, w3i));
      v128.store(yi + 3 * run, exactMadd(y3r, w3i, f32x4.mul(y3i, w3r)));
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

/** Last pass, radix 4, no twiddle factors. It may run in place if x and y are the same arrays in the same order. */
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

/** Last pass, radix 8, no twiddle factors: two radix-4 butterflies of alternate inputs, then four of radix 2. */
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
export function middlePasses(from: usize, to: usize, im: usize, toIm: usize, w: usize, m: i32): void {
  let length = m >> 2;
  let s = 4;
  while (length > 8) {
    if (s == 4) middleOfFour(to, toIm, from, im, w, length);
    else middle(to, toIm, from, im, w, length, s);
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

/** Only the middle pass number `index` (from 0) of `middlePasses`; `w` and `m` as there. */
export function middlePass(
  index: i32,
  from: usize,
  to: usize,
  im: usize,
  toIm: usize,
  w: usize,
  m: i32,
): void {
  let length = m >> 2;
  for (let i = 0; i < index; i++) {
    w += <usize>length * 6;
    length >>= 2;
  }
  if (index == 0) middleOfFour(to, toIm, from, im, w, length);
  else middle(to, toIm, from, im, w, length, 4 << (index << 1));
}

/** Number of middle passes in a transform of m complex values. */
export function countMiddle(m: i32): i32 {
  let count = 0;
  for (let length = m >> 2; length > 8; length >>= 2) count++;
  return count;
}

/** Whether the last pass is radix 8 (m is an odd power of two). Otherwise it is radix 4. */
function endsIn8(m: i32): bool {
  return (ctz(m) & 1) != 0;
}

/** The last pass, in place. */
export function lastPass(yr: usize, yi: usize, m: i32): void {
  if (endsIn8(m)) last8(yr, yi, yr, yi, m);
  else last4(yr, yi, yr, yi, m);
}
