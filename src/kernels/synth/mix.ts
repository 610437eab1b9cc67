/** Dry and wet sound together. A mix of 1/2 leaves both as they are; 0 and 1 leave one of them, twice as loud. */

import { loadLanes, storeLanes } from '../neural/math.inline';
import { madd } from '../simd.inline';

/**
 * y = 2 (1 - m) dry + 2 m wet, n values, where the mix m moves linearly from `from` (before the first
 * sample) to `to` (at the last). y may be dry or wet.
 */
export function mix(y: usize, dry: usize, wet: usize, from: f32, to: f32, n: i32): void {
  const step = ((to - from) * 2) / <f32>n;
  const base = f32x4.splat(from * 2);
  const slope = f32x4.splat(step);
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  let at = f32x4(1, 2, 3, 4);
  let i = 0;
  const quads = n & ~3;
  if (quads > 0) {
    do {
      const o = (<usize>i) << 2;
      const gain = madd(at, slope, base);
      const direct = f32x4.mul(f32x4.sub(two, gain), v128.load(dry + o));
      v128.store(y + o, madd(gain, v128.load(wet + o), direct));
      at = f32x4.add(at, four);
      i += 4;
    } while (i < quads);
  }
  for (; i < n; i++) {
    const o = (<usize>i) << 2;
    const gain = from * 2 + step * <f32>(i + 1);
    store<f32>(y + o, (<f32>2 - gain) * load<f32>(dry + o) + gain * load<f32>(wet + o));
  }
}

/**
 * y = 2 (1 - k) 2 (1 - m) dry + 2 k 2 m wet, n values: each sample has its own mix m, and the parts that it
 * gives are mixed once more by k, which moves linearly from `from` (before the first sample) to `to` (at the
 * last). y may be dry or wet.
 */
export function mixEach(y: usize, dry: usize, wet: usize, m: usize, from: f32, to: f32, n: i32): void {
  const slope = f32x4.splat(((to - from) * 4) / <f32>n);
  const base = f32x4.splat(from * 4);
  const most = f32x4.splat(4);
  const four = f32x4.splat(4);
  let at = f32x4(1, 2, 3, 4);
  while (n > 0) {
    const k = madd(at, slope, base);
    const share = loadLanes(m, n);
    const heard = f32x4.mul(f32x4.mul(k, share), loadLanes(wet, n));
    const direct = f32x4.mul(f32x4.sub(most, k), f32x4.sub(f32x4.splat(1), share));
    storeLanes(y, madd(direct, loadLanes(dry, n), heard), n);
    at = f32x4.add(at, four);
    y += 16;
    dry += 16;
    wet += 16;
    m += 16;
    n -= 4;
  }
}
