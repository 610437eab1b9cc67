/** The butterflies of the FFT, on split (real, imaginary) vectors of four. */

import { exactMadd } from '../simd.inline';

/** `a * b - c * d` */
// @ts-ignore: decorator
@inline
export function differenceOfProducts(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.sub(f32x4.mul(a, b), f32x4.mul(c, d));
}

/** Stores the transpose of the 4 x 4 matrix with rows a, b, c, d to 16 consecutive floats. */
// @ts-ignore: decorator
@inline
export function storeTransposed(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = f32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = f32x4.shuffle(c, d, 0, 4, 1, 5);
  const abHigh = f32x4.shuffle(a, b, 2, 6, 3, 7);
  const cdHigh = f32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(at, f32x4.shuffle(ab, cd, 0, 1, 4, 5));
  v128.store(at, f32x4.shuffle(ab, cd, 2, 3, 6, 7), 16);
  v128.store(at, f32x4.shuffle(abHigh, cdHigh, 0, 1, 4, 5), 32);
  v128.store(at, f32x4.shuffle(abHigh, cdHigh, 2, 3, 6, 7), 48);
}

/** Even-numbered floats of the eight in lo, hi. */
// @ts-ignore: decorator
@inline
export function evens(lo: v128, hi: v128): v128 {
  return f32x4.shuffle(lo, hi, 0, 2, 4, 6);
}

/** Odd-numbered floats of the eight in lo, hi. */
// @ts-ignore: decorator
@inline
export function odds(lo: v128, hi: v128): v128 {
  return f32x4.shuffle(lo, hi, 1, 3, 5, 7);
}

// @ts-ignore: decorator
@inline
export function reversed(a: v128): v128 {
  return f32x4.shuffle(a, a, 3, 2, 1, 0);
}

/**
 * Radix-4 butterfly of four neighbours p..p+3 of the first stage. Each has its own twiddle factors (six vectors at w).
 * The result is stored transposed: output j of neighbour p goes to 4p + j.
 */
// @ts-ignore: decorator
@inline
export function firstButterfly(
  yr: usize,
  yi: usize,
  w: usize,
  ar: v128,
  ai: v128,
  br: v128,
  bi: v128,
  cr: v128,
  ci: v128,
  dr: v128,
  di: v128,
): void {
  const acr = f32x4.add(ar, cr);
  const aci = f32x4.add(ai, ci);
  const bdr = f32x4.add(br, dr);
  const bdi = f32x4.add(bi, di);
  const amcr = f32x4.sub(ar, cr);
  const amci = f32x4.sub(ai, ci);
  const bmdr = f32x4.sub(br, dr);
  const bmdi = f32x4.sub(bi, di);
  // -i (b - d) = (bmdi, -bmdr)
  const y1r = f32x4.add(amcr, bmdi);
  const y1i = f32x4.sub(amci, bmdr);
  const y2r = f32x4.sub(acr, bdr);
  const y2i = f32x4.sub(aci, bdi);
  const y3r = f32x4.sub(amcr, bmdi);
  const y3i = f32x4.add(amci, bmdr);
  const w1r = v128.load(w);
  const w1i = v128.load(w, 16);
  const w2r = v128.load(w, 32);
  const w2i = v128.load(w, 48);
  const w3r = v128.load(w, 64);
  const w3i = v128.load(w, 80);
  storeTransposed(
    yr,
    f32x4.add(acr, bdr),
    differenceOfProducts(y1r, w1r, y1i, w1i),
    differenceOfProducts(y2r, w2r, y2i, w2i),
    differenceOfProducts(y3r, w3r, y3i, w3i),
  );
  storeTransposed(
    yi,
    f32x4.add(aci, bdi),
    exactMadd(y1r, w1i, f32x4.mul(y1i, w1r)),
    exactMadd(y2r, w2i, f32x4.mul(y2i, w2r)),
    exactMadd(y3r, w3i, f32x4.mul(y3i, w3r)),
  );
}
