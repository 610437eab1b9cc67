/**
 * Waves of amplitude 1, from the phases of `harmonicPhase`: u32 values of which 2^32 is a cycle. They are
 * fixed functions of phase and pitch, so nothing here has a backward pass.
 */

import { storeLanes } from '../neural/math.inline';
import { sin4 } from './tile.inline';

/**
 * out = sin(phase), to 2e-7.
 * @param out n floats
 * @param phase n rounded up to 4
 */
export function sineWave(out: usize, phase: usize, n: i32): void {
  while (n > 0) {
    storeLanes(out, sin4(v128.load(phase)), n);
    out += 16;
    phase += 16;
    n -= 4;
  }
}

/** What `step` lacks at t >= 0 samples from its middle; t < reach. */
function residual(step: usize, resolution: f32, t: f32): f32 {
  const at = t * resolution;
  const whole = <i32>at;
  const entry = step + ((<usize>whole) << 2);
  const value = load<f32>(entry);
  return value + (at - <f32>whole) * (load<f32>(entry, 4) - value);
}

/**
 * A falling sawtooth without aliases: sum over k of 2 / (pi k) G(k hz) sin(k phase), G the low-pass filter
 * whose step response `step` holds; see src/dsp/band-limited-step.ts.
 *
 * A sawtooth is a ramp, -2 phase, and a jump of 2 wherever the phase passes zero. The ramp stays, each
 * jump becomes a filtered step (Stilson & Smith 1996; Brandt 2001), placed by phase and pitch at the
 * sample itself: what lies ahead need not be known, and during a glide every harmonic fades out by its own
 * frequency of that very sample.
 *
 * @param out n floats
 * @param phase n values
 * @param weight n values: the later frame's share of the pitch
 * @param rate Hz: the filter's sample rate; nothing sounds above half of it
 * @param step (reach * resolution + 2) floats: filtered step less ideal step, times 2, `resolution` values a
 *   sample of `rate` from the middle of the step on; the last two are 0
 */
export function sawWave(
  out: usize,
  phase: usize,
  weight: usize,
  fromHz: f32,
  toHz: f32,
  rate: f32,
  step: usize,
  resolution: f32,
  reach: f32,
  n: i32,
): void {
  const cycle: f32 = 1.0 / 4294967296.0;
  const slope = toHz - fromHz;
  while (n > 0) {
    // cycles from the jump nearest by; the wave is odd about it
    const signed = <f32>load<i32>(phase) * cycle;
    const distance = Mathf.abs(signed);
    const period = rate / (fromHz + slope * load<f32>(weight));
    const t = distance * period;
    let y: f32 = 1 - 2 * distance;
    if (t < reach) y += residual(step, resolution, t);
    // at high pitches the jumps before and after it reach here too
    let ahead = period - t;
    let behind = period + t;
    while (ahead < reach) {
      y -= residual(step, resolution, ahead);
      if (behind < reach) y += residual(step, resolution, behind);
      ahead += period;
      behind += period;
    }
    store<f32>(out, signed < 0 ? -y : y);
    out += 4;
    phase += 4;
    weight += 4;
    n--;
  }
}
