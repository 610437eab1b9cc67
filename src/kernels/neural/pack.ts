/**
 * Packing copies a row-major matrix into *panels*, in the order in which `gemm` and `gemv` read it.
 *
 * A panel contains `width` neighbouring rows (or columns): to[panel][d][w] for d = 0..depth - 1. So the inner loop
 * reads contiguous memory. The last panel is padded with zeros. `width` is 4 for the left operand of `gemm`, 8 for the
 * right operand and 16 for `gemv`. `to` has room for ceil(count / width) * width * depth values. `stride` is the number
 * of values from one row to the next.
 */

import { loadLanes } from './math.inline';

/** The values of four rows in one column; zeros for rows from `count` on. */
function gatherColumn(from: usize, pitch: usize, count: i32): v128 {
  let v = v128.load32_zero(from);
  if (count > 1) v = v128.load32_lane(from + pitch, v, 1);
  if (count > 2) v = v128.load32_lane(from + 2 * pitch, v, 2);
  if (count > 3) v = v128.load32_lane(from + 3 * pitch, v, 3);
  return v;
}

/** Panels of `width` rows of from (rows, depth), transposed: to[p][d][w] = from[p * width + w][d]. */
export function packRows(to: usize, from: usize, stride: i32, rows: i32, depth: i32, width: i32): void {
  const pitch = (<usize>stride) << 2;
  const step = (<usize>width) << 2;
  const blocks = depth >> 2;
  let row = 0;
  do {
    let target = to + ((<usize>((row & -width) * depth)) << 2) + ((<usize>(row & (width - 1))) << 2);
    const count = rows - row;
    if (count <= 0) {
      for (let d = 0; d < depth; d++, target += step) v128.store(target, f32x4.splat(0));
    } else {
      let source = from + <usize>row * pitch;
      let rest = depth;
      if (count >= 4 && blocks > 0) {
        let n = blocks;
        do {
          const a = v128.load(source);
          const b = v128.load(source + pitch);
          const c = v128.load(source + 2 * pitch);
          const d = v128.load(source + 3 * pitch);
          const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
          const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
          const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
          const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
          v128.store(target, v128.shuffle<f64>(ab, cd, 0, 2));
          v128.store(target + step, v128.shuffle<f64>(ab, cd, 1, 3));
          v128.store(target + 2 * step, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
          v128.store(target + 3 * step, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
          source += 16;
          target += 4 * step;
        } while (--n > 0);
        rest = depth & 3;
      }
      for (; rest > 0; rest--, source += 4, target += step) {
        v128.store(target, gatherColumn(source, pitch, count));
      }
    }
    row += 4;
  } while (row < rows || (row & (width - 1)) != 0);
}

/** Number of rows that `packColumns` processes at a time. Their cache lines must fit into L1. */
const BLOCK: i32 = 16;

/** Panels of `width` columns of from (depth, columns): to[p][d][w] = from[d][p * width + w]. */
export function packColumns(to: usize, from: usize, stride: i32, depth: i32, columns: i32, width: i32): void {
  const pitch = (<usize>stride) << 2;
  const step = (<usize>width) << 2;
  const perColumn = (<usize>depth) << 2;
  const end = (columns + width - 1) & -width;
  let row = 0;
  do {
    const rows = min(BLOCK, depth - row);
    const first = to + <usize>row * step;
    let column = 0;
    do {
      const within = column & (width - 1);
      let target = first + <usize>(column - within) * perColumn + ((<usize>within) << 2);
      const count = columns - column;
      let source = from + ((<usize>column) << 2);
      let n = rows;
      if (count >= 4) {
        do {
          v128.store(target, v128.load(source));
          source += pitch;
          target += step;
        } while (--n > 0);
      } else {
        do {
          v128.store(target, count > 0 ? loadLanes(source, count) : f32x4.splat(0));
          source += pitch;
          target += step;
        } while (--n > 0);
      }
      column += 4;
    } while (column < end);
    from += <usize>rows * pitch;
    row += BLOCK;
  } while (row < depth);
}
