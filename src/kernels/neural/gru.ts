/** The pointwise part of a gated recurrent unit (Cho et al. 2014, in the arrangement of PyTorch). */

import { madd } from '../simd.inline';
import { loadLanes, sigmoid4, storeLanes, tanh4 } from './math.inline';

/**
 * One time step for each of `rows` sequences.
 *
 *   r = sigmoid(gates_r + recurrent_r)   z = sigmoid(gates_z + recurrent_z)
 *   n = tanh(gates_n + r * recurrent_n)  next = (1 - z) n + z * state
 *
 * `gates` = W_i x + b_i and `recurrent` = W_h state + b_h are (rows, 3 size), in the order r, z, n. `gates` is replaced
 * by r, z, n. The backward pass needs these, `recurrent` and `state`. Without a backward pass `next` may be `state`.
 * Strides are the number of values from row to row.
 */
export function gruCell(
  next: usize,
  state: usize,
  gates: usize,
  recurrent: usize,
  rows: i32,
  size: i32,
  stride: i32,
  gateStride: i32,
): void {
  const pitch = (<usize>stride) << 2;
  const gatePitch = (<usize>gateStride) << 2;
  const update = (<usize>size) << 2;
  const candidate = update << 1;
  do {
    let offset: usize = 0;
    let n = size;
    do {
      const g = gates + offset;
      const h = recurrent + offset;
      const r = sigmoid4(f32x4.add(loadLanes(g, n), loadLanes(h, n)));
      const z = sigmoid4(f32x4.add(loadLanes(g + update, n), loadLanes(h + update, n)));
      const c = tanh4(madd(r, loadLanes(h + candidate, n), loadLanes(g + candidate, n)));
      storeLanes(g, r, n);
      storeLanes(g + update, z, n);
      storeLanes(g + candidate, c, n);
      storeLanes(next + offset, madd(z, f32x4.sub(loadLanes(state + offset, n), c), c), n);
      offset += 16;
      n -= 4;
    } while (n > 0);
    next += pitch;
    state += pitch;
    gates += gatePitch;
    recurrent += gatePitch;
  } while (--rows > 0);
}
