/** The gradient of `decayingNoise` with respect to gain and rate. It needs the noise only. */

import { loadLanes } from '../neural/math.inline';
import { sum4 } from '../simd.inline';
import { envelope4 } from './decay.inline';

/**
 * dGain = sum of dy[i] e^(-rate (i + 1)) noise[i], dRate = -gain * the same sum with terms times (i + 1).
 * The sums are in double precision, because they have many terms that cancel.
 * @param sums two floats, written: dGain, dRate
 * @param dy count floats: gradient with respect to what `decayingNoise` wrote
 */
export function decayingNoiseBackward(
  sums: usize,
  dy: usize,
  noise: usize,
  gain: f32,
  rate: f32,
  count: i32,
): void {
  const index = f32x4(0, 1, 2, 3);
  let dGain: f64 = 0;
  let weighted: f64 = 0;
  let at: f32 = 1;
  while (count > 0) {
    const product = f32x4.mul(loadLanes(dy, count), loadLanes(noise, count));
    const decayed = f32x4.mul(product, envelope4(rate, at));
    dGain += sum4(decayed);
    weighted += sum4(f32x4.mul(decayed, f32x4.add(f32x4.splat(at), index)));
    at += 4;
    dy += 16;
    noise += 16;
    count -= 4;
  }
  store<f32>(sums, <f32>dGain);
  store<f32>(sums, <f32>(-gain * weighted), 4);
}
