/**
 * Power spectrograms, and the log-spectral distance between two of them.
 *
 * A row of a spectrogram has size/2 + 4 floats: bins 0..size/2, then zeros.
 */

import { madd, sum4 } from '../simd.inline';
import { reversed } from './butterfly.inline';
import { logOf } from './log.inline';
import { dropSecond, pairPitch, transformPair } from './pair';
import { quarterPower } from './power.inline';

/** Value that is added to a power before its logarithm is taken. */
export const POWER_FLOOR: f32 = 1e-4;

/** Number of floats of scratch that `powerSpectrogram` and `spectralLoss` need. */
export function spectrogramScratch(size: i32): i32 {
  // a pair, a frame of zeros, two rows
  return 6 * size + 24;
}

/** The partner of the last frame if the number of frames is odd: zeros after the pair in the scratch. */
export function noFrame(scratch: usize, size: i32, frames: i32): usize {
  const at = scratch + 4 * pairPitch(size);
  if (frames & 1) memory.fill(at, 0, (<usize>size) << 2);
  return at;
}

/** Computes the powers of both frames of a pair, one row each. */
export function pairPowers(a: usize, b: usize, pair: usize, size: i32): void {
  const im = pair + pairPitch(size);
  const half = (<usize>size) << 1;
  let k: usize = 0;
  let mirror = half + half - 12;
  do {
    const zr = v128.load(pair + k);
    const zi = v128.load(im + k);
    const mr = reversed(v128.load(pair + mirror));
    const mi = reversed(v128.load(im + mirror));
    v128.store(a + k, quarterPower(f32x4.add(zr, mr), f32x4.sub(zi, mi)));
    v128.store(b + k, quarterPower(f32x4.add(zi, mi), f32x4.sub(mr, zr)));
    k += 16;
    mirror -= 16;
  } while (k < half);
  const first = load<f32>(pair + half);
  const second = load<f32>(im + half);
  v128.store(a + half, f32x4(first * first, 0, 0, 0));
  v128.store(b + half, f32x4(second * second, 0, 0, 0));
}

/**
 * Power spectrogram: row i of `power` is |rfft(x[i hop .. i hop + size] * window)|^2.
 * @param power frames rows of size/2 + 4 floats
 * @param scratch `spectrogramScratch(size)` floats
 * @param tables of the FFT of 2 size (see pair.ts)
 */
export function powerSpectrogram(
  power: usize,
  x: usize,
  window: usize,
  scratch: usize,
  tables: usize,
  size: i32,
  hop: i32,
  frames: i32,
): void {
  const row = (<usize>((size >> 1) + 4)) << 2;
  const advance = (<usize>hop) << 2;
  const nothing = noFrame(scratch, size, frames);
  do {
    const paired = frames > 1;
    transformPair(scratch, x, paired ? x + advance : nothing, window, tables, size);
    if (!paired) dropSecond(scratch, size);
    pairPowers(power, paired ? power + row : nothing, scratch, size);
    power += 2 * row;
    x += 2 * advance;
    frames -= 2;
  } while (frames > 0);
}

/**
 * Log-spectral distance of two power spectrograms a and b: the difference 10 log10(a + 1e-4) - 10 log10(b + 1e-4) in
 * dB, its root mean square over bins, and the mean of that over frames.
 * @param a,b (frames, bins) values; rows are `stride` floats apart, a multiple of 4. The values between bins and stride
 *   must be equal in both.
 */
export function logSpectralDistance(a: usize, b: usize, bins: i32, stride: i32, frames: i32): f64 {
  const floor = f32x4.splat(POWER_FLOOR);
  const row = (<usize>stride) << 2;
  let sum: f64 = 0;
  for (let i = 0; i < frames; i++) {
    const end = a + row;
    let squares = f32x4.splat(0);
    do {
      const d = f32x4.sub(logOf(f32x4.add(v128.load(a), floor)), logOf(f32x4.add(v128.load(b), floor)));
      squares = madd(d, d, squares);
      a += 16;
      b += 16;
    } while (a < end);
    sum += Math.sqrt(<f64>sum4(squares) / <f64>bins);
  }
  // 10 / ln 10
  return (4.342944819032518 * sum) / <f64>frames;
}
