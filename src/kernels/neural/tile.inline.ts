/**
 * Writes a tile at the edge of a matrix. It is inlined because of V8: with a call, V8 would spill the registers of the
 * tile in every iteration of the loop before it. That costs 13% of the speed of the matrix product.
 */

import { loadLanes, storeLanes } from './math.inline';

/**
 * c = (low, high) + base, the first `columns` of eight values (all eight if `columns` is larger). Without base, it adds
 * 0.
 */
// @ts-ignore: decorator
@inline
export function finishRow(c: usize, low: v128, high: v128, base: usize, columns: i32): void {
  storeLanes(c, base ? f32x4.add(low, loadLanes(base, columns)) : low, columns);
  if (columns > 4) {
    const rest = columns - 4;
    storeLanes(c + 16, base ? f32x4.add(high, loadLanes(base + 16, rest)) : high, rest);
  }
}
