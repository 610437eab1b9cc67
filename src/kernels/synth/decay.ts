/** Exponentially decaying noise: the impulse response of a room, given by two numbers. */

import { loadLanes, storeLanes } from '../neural/math.inline';
import { envelope4 } from './decay.inline';

/**
 * y[i] = gain e^(-rate (i + 1)) noise[i].
 * @param y count floats; may be `noise`
 * @param rate per sample, > 0; tap i lies i + 1 samples after the direct sound
 */
export function decayingNoise(y: usize, noise: usize, gain: f32, rate: f32, count: i32): void {
  const scale = f32x4.splat(gain);
  let at: f32 = 1;
  while (count > 0) {
    const envelope = f32x4.mul(scale, envelope4(rate, at));
    storeLanes(y, f32x4.mul(envelope, loadLanes(noise, count)), count);
    at += 4;
    y += 16;
    noise += 16;
    count -= 4;
  }
}
