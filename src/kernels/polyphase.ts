/**
 * Resampling: a low-pass filter evaluated only where an output sample lies.
 *
 * Both builds round in the same way, because the analysis reads the result: the last bit of a sample changes the last
 * bit of f0, and the synth accumulates f0.
 */

import { exactMadd, sum4 } from './simd.inline';

/**
 * out[n] = sum over k < taps of input[at + k] * table[phase * taps + k], n = 0..count - 1. After each sample
 * `part` is added to phase and `whole` to at. If phase reaches `phases`, it is reduced by `phases` and at grows by one.
 * @param input at least (count - 1) * (whole + 1) + taps values
 * @param table (phases, taps): the filter's values for each position of an output between two inputs
 * @param taps a multiple of 8
 * @param phase of the first sample, 0..phases - 1
 */
export function polyphase(
  out: usize,
  input: usize,
  table: usize,
  taps: i32,
  count: i32,
  phase: i32,
  phases: i32,
  whole: i32,
  part: i32,
): void {
  const row = (<usize>taps) << 2;
  let at = input;
  for (let n = 0; n < count; n++) {
    let x = at;
    let h = table + <usize>phase * row;
    const end = x + row;
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    do {
      const x0 = v128.load(x);
      const h0 = v128.load(h);
      const x1 = v128.load(x, 16);
      const h1 = v128.load(h, 16);
      even = exactMadd(x0, h0, even);
      odd = exactMadd(x1, h1, odd);
      x += 32;
      h += 32;
    } while (x < end);
    store<f32>(out + ((<usize>n) << 2), sum4(f32x4.add(even, odd)));
    at += (<usize>whole) << 2;
    phase += part;
    if (phase >= phases) {
      phase -= phases;
      at += 4;
    }
  }
}
