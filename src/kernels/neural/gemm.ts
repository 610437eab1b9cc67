/**
 * Matrix product over packed panels (see pack.ts), for training.
 *
 * The unit of work is a tile of (4, 8) values of the result. It stays in eight registers over the whole depth. V8
 * places all loads of an iteration before its arithmetic, so the six loaded values need registers, too. 8 + 6 registers
 * and one for the product use all fifteen. Larger tiles (3 x 12, 5 x 8, 6 x 8) and unrolled loops spill registers and
 * are 1.5 to 2 times slower.
 *
 * With blocks of DEPTH, a right panel (16 kB) stays in L1 while it is multiplied by all left panels of a block of ROWS.
 * The left panels stay in L2 (256 kB). For a larger depth, the products are added to the result block by block.
 */

import { madd } from '../simd.inline';
import { loadLanes, storeLanes } from './math.inline';
import { finishRow } from './tile.inline';

const DEPTH: i32 = 512;
const ROWS: i32 = 128;

/**
 * One tile: c = a b + base over `depth`. Pitches are in bytes. `base` is c itself (accumulate, basePitch = pitch), a
 * bias row (basePitch 0) or null. Rows and columns outside the matrix are not written.
 */
function tile(
  c: usize,
  pitch: usize,
  a: usize,
  b: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  base: usize,
  basePitch: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += 16;
    b += 32;
  } while (--depth > 0);

  if (rows < 4 || columns < 8) {
    finishRow(c, c00, c01, base, columns);
    if (rows > 1) finishRow(c + pitch, c10, c11, base + basePitch, columns);
    if (rows > 2) finishRow(c + 2 * pitch, c20, c21, base + 2 * basePitch, columns);
    if (rows > 3) finishRow(c + 3 * pitch, c30, c31, base + 3 * basePitch, columns);
    return;
  }
  if (base) {
    c00 = f32x4.add(c00, v128.load(base));
    c01 = f32x4.add(c01, v128.load(base, 16));
    base += basePitch;
    c10 = f32x4.add(c10, v128.load(base));
    c11 = f32x4.add(c11, v128.load(base, 16));
    base += basePitch;
    c20 = f32x4.add(c20, v128.load(base));
    c21 = f32x4.add(c21, v128.load(base, 16));
    base += basePitch;
    c30 = f32x4.add(c30, v128.load(base));
    c31 = f32x4.add(c31, v128.load(base, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += pitch;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += pitch;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += pitch;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/**
 * c = a b + bias, or c += a b. c is (m, n).
 *
 * With row-major x (m, k) and w (n, k), a linear layer is
 *   forward   y = x w^T + bias   a: packRows(x, 4)       b: packRows(w, 8)      gemm(m, n, k)
 *   input     dx = dy w          a: packRows(dy, 4)      b: packColumns(w, 8)   gemm(m, k, n)
 *   weights   dw += dy^T x       a: packColumns(dy, 4)   b: packColumns(x, 8)   gemm(n, k, m), accumulate
 * and `addColumnSums` for the gradient of the bias.
 *
 * @param stride values from one row of c to the next
 * @param bias n values, or 0 for none; not with accumulate
 * @param accumulate 1: add to c
 */
export function gemm(
  c: usize,
  stride: i32,
  a: usize,
  b: usize,
  bias: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: i32,
): void {
  const pitch = (<usize>stride) << 2;
  const panelA = (<usize>k) << 4;
  const panelB = (<usize>k) << 5;
  let from = 0;
  do {
    const depth = min(k - from, DEPTH);
    const adding = accumulate != 0 || from > 0;
    let block = 0;
    do {
      const end = min(block + ROWS, m);
      let column = 0;
      let right = b + ((<usize>from) << 5);
      do {
        let row = block;
        let left = a + <usize>(block >> 2) * panelA + ((<usize>from) << 4);
        const offset = (<usize>column) << 2;
        do {
          const at = c + <usize>row * pitch + offset;
          const base = adding ? at : bias ? bias + offset : 0;
          tile(at, pitch, left, right, depth, end - row, n - column, base, adding ? pitch : 0);
          row += 4;
          left += panelA;
        } while (row < end);
        column += 8;
        right += panelB;
      } while (column < n);
      block += ROWS;
    } while (block < m);
    from += DEPTH;
  } while (from < k);
}

/** sums += column sums of x (rows, columns). Rows are `stride` values apart. */
export function addColumnSums(sums: usize, x: usize, stride: i32, rows: i32, columns: i32): void {
  const pitch = (<usize>stride) << 2;
  while (rows > 0) {
    // four rows at a time, each read from start to end
    const second = rows > 1 ? pitch : 0;
    const third = rows > 2 ? 2 * pitch : 0;
    const fourth = rows > 3 ? 3 * pitch : 0;
    let n = columns;
    let p = x;
    let target = sums;
    do {
      let acc = f32x4.add(loadLanes(target, n), loadLanes(p, n));
      if (second) acc = f32x4.add(acc, loadLanes(p + second, n));
      if (third) acc = f32x4.add(acc, loadLanes(p + third, n));
      if (fourth) acc = f32x4.add(acc, loadLanes(p + fourth, n));
      storeLanes(target, acc, n);
      p += 16;
      target += 16;
      n -= 4;
    } while (n > 0);
    x += 4 * pitch;
    rows -= 4;
  }
}
