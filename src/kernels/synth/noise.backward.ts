/** Gradients of noise.ts. Nothing is cached but the basis. */

import { madd, sum4 } from '../simd.inline';

/**
 * dTaps[n] from the correlation of the filter's input and its output's gradient: tap n >= 1 acts at lag
 * n and at lag -n.
 * @param dTaps reach + 1 values, written
 * @param even the even part of that correlation: lag n at n
 */
export function spreadTapsBackward(dTaps: usize, even: usize, reach: i32): void {
  store<f32>(dTaps, load<f32>(even));
  for (let n = 1; n <= reach; n++) {
    const o = (<usize>n) << 2;
    store<f32>(dTaps + o, 2 * load<f32>(even + o));
  }
}

/**
 * `filterTapsBackward` for four frames. Two bands at a time, so that a vector of dTaps that is loaded
 * serves both; of an odd number the last but one is computed twice.
 */
function filterTapsBackwardFour(
  dMagnitudes: usize,
  dTaps: usize,
  basis: usize,
  bands: i32,
  row: usize,
  magnitudeRow: usize,
): void {
  const dTapsEnd = dTaps + row;
  for (let k = 0; k < bands; k += 2) {
    const first = <usize>min(k, bands - 2);
    let column = basis + first * row;
    let tap = dTaps;
    let a0 = f32x4.splat(0);
    let b0 = a0;
    let c0 = a0;
    let d0 = a0;
    let a1 = a0;
    let b1 = a0;
    let c1 = a0;
    let d1 = a0;
    do {
      const one = v128.load(column);
      const two = v128.load(column + row);
      const a = v128.load(tap);
      const b = v128.load(tap + row);
      const c = v128.load(tap + 2 * row);
      const d = v128.load(tap + 3 * row);
      a0 = madd(one, a, a0);
      b0 = madd(one, b, b0);
      c0 = madd(one, c, c0);
      d0 = madd(one, d, d0);
      a1 = madd(two, a, a1);
      b1 = madd(two, b, b1);
      c1 = madd(two, c, c1);
      d1 = madd(two, d, d1);
      column += 16;
      tap += 16;
    } while (tap < dTapsEnd);
    let out = dMagnitudes + (first << 2);
    store<f32>(out, sum4(a0));
    store<f32>(out, sum4(a1), 4);
    out += magnitudeRow;
    store<f32>(out, sum4(b0));
    store<f32>(out, sum4(b1), 4);
    out += magnitudeRow;
    store<f32>(out, sum4(c0));
    store<f32>(out, sum4(c1), 4);
    out += magnitudeRow;
    store<f32>(out, sum4(d0));
    store<f32>(out, sum4(d1), 4);
  }
}

/** `filterTapsBackward` for one frame. */
function filterTapsBackwardOne(dMagnitudes: usize, dTaps: usize, basis: usize, bands: i32, row: usize): void {
  const end = dTaps + row;
  for (let k = 0; k < bands; k++) {
    let a = f32x4.splat(0);
    let b = a;
    let tap = dTaps;
    do {
      a = madd(v128.load(basis), v128.load(tap), a);
      b = madd(v128.load(basis, 16), v128.load(tap, 16), b);
      basis += 32;
      tap += 32;
    } while (tap < end);
    store<f32>(dMagnitudes + ((<usize>k) << 2), sum4(f32x4.add(a, b)));
  }
}

/**
 * dMagnitudes[t][k] = sum over n of dTaps[t][n] basis[k][n]: the transpose of `filterTaps`.
 * @param dMagnitudes frames x bands, rows `magnitudeStride` floats apart, written
 * @param dTaps frames x tapStride; finite beyond the last tap, where the basis is 0
 * @param bands at least 2
 */
export function filterTapsBackward(
  dMagnitudes: usize,
  dTaps: usize,
  basis: usize,
  bands: i32,
  tapStride: i32,
  magnitudeStride: i32,
  frames: i32,
): void {
  const row = (<usize>tapStride) << 2;
  const magnitudeRow = (<usize>magnitudeStride) << 2;
  for (; frames >= 4; frames -= 4) {
    filterTapsBackwardFour(dMagnitudes, dTaps, basis, bands, row, magnitudeRow);
    dMagnitudes += 4 * magnitudeRow;
    dTaps += 4 * row;
  }
  for (; frames > 0; frames--) {
    filterTapsBackwardOne(dMagnitudes, dTaps, basis, bands, row);
    dMagnitudes += magnitudeRow;
    dTaps += row;
  }
}
