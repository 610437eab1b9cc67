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
 * dMagnitudes[t][k] = sum over n of dTaps[t][n] basis[k][n]: the transpose of `filterTaps`.
 * @param dMagnitudes frames x bands, rows `magnitudeStride` floats apart, written
 * @param dTaps frames x tapStride; finite beyond the last tap, where the basis is 0
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
    let column = basis;
    for (let k = 0; k < bands; k++) {
      const out = dMagnitudes + ((<usize>k) << 2);
      let a = f32x4.splat(0);
      let b = a;
      let c = a;
      let d = a;
      let e = a;
      let f = a;
      let g = a;
      let h = a;
      let tap = dTaps;
      const end = column + row;
      do {
        const left = v128.load(column);
        const right = v128.load(column, 16);
        a = madd(left, v128.load(tap), a);
        e = madd(right, v128.load(tap, 16), e);
        b = madd(left, v128.load(tap + row), b);
        f = madd(right, v128.load(tap + row, 16), f);
        c = madd(left, v128.load(tap + 2 * row), c);
        g = madd(right, v128.load(tap + 2 * row, 16), g);
        d = madd(left, v128.load(tap + 3 * row), d);
        h = madd(right, v128.load(tap + 3 * row, 16), h);
        column += 32;
        tap += 32;
      } while (column < end);
      store<f32>(out, sum4(f32x4.add(a, e)));
      store<f32>(out + magnitudeRow, sum4(f32x4.add(b, f)));
      store<f32>(out + 2 * magnitudeRow, sum4(f32x4.add(c, g)));
      store<f32>(out + 3 * magnitudeRow, sum4(f32x4.add(d, h)));
    }
    dMagnitudes += 4 * magnitudeRow;
    dTaps += 4 * row;
  }
  for (; frames > 0; frames--) {
    let column = basis;
    for (let k = 0; k < bands; k++) {
      let a = f32x4.splat(0);
      let b = a;
      let tap = dTaps;
      const end = column + row;
      do {
        a = madd(v128.load(column), v128.load(tap), a);
        b = madd(v128.load(column, 16), v128.load(tap, 16), b);
        column += 32;
        tap += 32;
      } while (column < end);
      store<f32>(dMagnitudes + ((<usize>k) << 2), sum4(f32x4.add(a, b)));
    }
    dMagnitudes += magnitudeRow;
    dTaps += row;
  }
}
