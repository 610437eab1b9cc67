/** The gradient of `gruCell`. */

import { madd } from '../simd.inline';
import { loadLanes, storeLanes } from './math.inline';

/**
 * One time step backward, for each of `rows` sequences.
 *
 * Works in place: `gates` (r, z, n) becomes the gradient with respect to W_i x + b_i, and `recurrent` the gradient
 * with respect to W_h state + b_h. dstate += z * dnext; the caller adds the part through W_h. `state` is the state
 * before the step.
 */
export function gruCellBackward(
  dstate: usize,
  dnext: usize,
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
  const one = f32x4.splat(1);
  do {
    let offset: usize = 0;
    let count = size;
    do {
      const g = gates + offset;
      const h = recurrent + offset;
      const d = loadLanes(dnext + offset, count);
      const r = loadLanes(g, count);
      const z = loadLanes(g + update, count);
      const n = loadLanes(g + candidate, count);
      const keep = f32x4.sub(one, z);
      const before = f32x4.sub(loadLanes(state + offset, count), n);
      const dz = f32x4.mul(f32x4.mul(d, before), f32x4.mul(z, keep));
      const dn = f32x4.mul(f32x4.mul(d, keep), f32x4.sub(one, f32x4.mul(n, n)));
      const dr = f32x4.mul(f32x4.mul(dn, loadLanes(h + candidate, count)), f32x4.mul(r, f32x4.sub(one, r)));
      storeLanes(g, dr, count);
      storeLanes(g + update, dz, count);
      storeLanes(g + candidate, dn, count);
      storeLanes(h, dr, count);
      storeLanes(h + update, dz, count);
      storeLanes(h + candidate, f32x4.mul(dn, r), count);
      storeLanes(dstate + offset, madd(d, z, loadLanes(dstate + offset, count)), count);
      offset += 16;
      count -= 4;
    } while (count > 0);
    dstate += pitch;
    dnext += pitch;
    state += pitch;
    gates += gatePitch;
    recurrent += gatePitch;
  } while (--rows > 0);
}
