/**
 * White noise, and the zero-phase filters that colour it.
 *
 * A filter is even about its centre, so only its taps 0..reach are kept (`taps`, then zeros up to
 * `tapStride`, a multiple of 16). They are linear in the magnitudes: taps = magnitudes . basis, where
 * row k of the basis (tapStride floats) is what band k contributes (src/dsp/filter-basis.ts).
 */

import { madd } from '../simd.inline';

/** A 32-bit hash of good avalanche ("lowbias32", C. Wellons 2018). */
function hash(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ (x >> 16);
}

/**
 * Uniform white noise in [-1, 1): sample `index + i` of the sequence `seed` names, whatever was asked for
 * before. The sequence repeats after 2^32 samples. The seed enters the hash twice, before and within, so
 * that two seeds are not one sequence at two places.
 * @param out n floats
 */
export function uniformNoise(out: usize, seed: u32, index: u32, n: i32): void {
  const offset = hash(seed + 0x9e3779b9);
  const key = i32x4.splat(hash(offset ^ seed));
  const first = i32x4.splat(0x7feb352d);
  const second = i32x4.splat(0x846ca68b);
  const scale = f32x4.splat(<f32>1 / 8388608);
  const four = i32x4.splat(4);
  let counter = i32x4.add(i32x4.splat(index + offset), i32x4(0, 1, 2, 3));
  while (n > 0) {
    let x = v128.xor(counter, i32x4.shr_u(counter, 16));
    x = v128.xor(i32x4.mul(x, first), key);
    x = v128.xor(x, i32x4.shr_u(x, 15));
    x = i32x4.mul(x, second);
    x = v128.xor(x, i32x4.shr_u(x, 16));
    // 24 bits, so that the float is exact and 1 is never reached
    const value = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(x, 8)), scale);
    if (n >= 4) {
      v128.store(out, value);
    } else {
      store<f32>(out, f32x4.extract_lane(value, 0));
      if (n > 1) store<f32>(out, f32x4.extract_lane(value, 1), 4);
      if (n > 2) store<f32>(out, f32x4.extract_lane(value, 2), 8);
    }
    counter = i32x4.add(counter, four);
    out += 16;
    n -= 4;
  }
}

/** `filterTaps` for one frame. */
function filterTapsOne(taps: usize, magnitudes: usize, basis: usize, bands: i32, row: usize): void {
  const end = taps + row;
  const magnitudesEnd = magnitudes + ((<usize>bands) << 2);
  do {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let m = magnitudes;
    let column = basis;
    do {
      const gain = v128.load32_splat(m);
      a = madd(gain, v128.load(column), a);
      b = madd(gain, v128.load(column, 16), b);
      c = madd(gain, v128.load(column, 32), c);
      d = madd(gain, v128.load(column, 48), d);
      column += row;
      m += 4;
    } while (m < magnitudesEnd);
    v128.store(taps, a);
    v128.store(taps, b, 16);
    v128.store(taps, c, 32);
    v128.store(taps, d, 48);
    taps += 64;
    basis += 64;
  } while (taps < end);
}

/** `filterTaps` for four frames: each vector of the basis that is loaded serves all of them. */
function filterTapsFour(
  taps: usize,
  magnitudes: usize,
  basis: usize,
  bands: i32,
  row: usize,
  magnitudeRow: usize,
): void {
  const end = taps + row;
  const magnitudesEnd = magnitudes + ((<usize>bands) << 2);
  do {
    let a0 = f32x4.splat(0);
    let b0 = a0;
    let c0 = a0;
    let d0 = a0;
    let a1 = a0;
    let b1 = a0;
    let c1 = a0;
    let d1 = a0;
    let m = magnitudes;
    let column = basis;
    do {
      const left = v128.load(column);
      const right = v128.load(column, 16);
      const a = v128.load32_splat(m);
      const b = v128.load32_splat(m + magnitudeRow);
      const c = v128.load32_splat(m + 2 * magnitudeRow);
      const d = v128.load32_splat(m + 3 * magnitudeRow);
      a0 = madd(a, left, a0);
      a1 = madd(a, right, a1);
      b0 = madd(b, left, b0);
      b1 = madd(b, right, b1);
      c0 = madd(c, left, c0);
      c1 = madd(c, right, c1);
      d0 = madd(d, left, d0);
      d1 = madd(d, right, d1);
      column += row;
      m += 4;
    } while (m < magnitudesEnd);
    v128.store(taps, a0);
    v128.store(taps, a1, 16);
    v128.store(taps + row, b0);
    v128.store(taps + row, b1, 16);
    v128.store(taps + 2 * row, c0);
    v128.store(taps + 2 * row, c1, 16);
    v128.store(taps + 3 * row, d0);
    v128.store(taps + 3 * row, d1, 16);
    taps += 32;
    basis += 32;
  } while (taps < end);
}

/**
 * taps[t][n] = sum over k of magnitudes[t][k] basis[k][n].
 * @param taps frames x tapStride
 * @param magnitudes frames x bands, rows `magnitudeStride` floats apart
 * @param basis bands x tapStride
 */
export function filterTaps(
  taps: usize,
  magnitudes: usize,
  basis: usize,
  bands: i32,
  tapStride: i32,
  magnitudeStride: i32,
  frames: i32,
): void {
  const row = (<usize>tapStride) << 2;
  const magnitudeRow = (<usize>magnitudeStride) << 2;
  for (; frames >= 4; frames -= 4) {
    filterTapsFour(taps, magnitudes, basis, bands, row, magnitudeRow);
    taps += 4 * row;
    magnitudes += 4 * magnitudeRow;
  }
  for (; frames > 0; frames--) {
    filterTapsOne(taps, magnitudes, basis, bands, row);
    taps += row;
    magnitudes += magnitudeRow;
  }
}

/** The even frame of a filter: frame[n] = frame[size - n] = taps[n] for n = 0..reach; the rest is kept. */
export function spreadTaps(frame: usize, taps: usize, reach: i32, size: i32): void {
  let mirror = frame + ((<usize>size) << 2);
  const end = taps + ((<usize>reach) << 2);
  store<f32>(frame, load<f32>(taps));
  while (taps < end) {
    taps += 4;
    frame += 4;
    mirror -= 4;
    const tap = load<f32>(taps);
    store<f32>(frame, tap);
    store<f32>(mirror, tap);
  }
}
