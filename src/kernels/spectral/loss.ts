/**
 * One scale of the multi-scale spectral loss (Wang et al. 2019; Engel et al. 2020), with its gradient, and
 * the log-spectral distance.
 *
 * With P and T the power spectrograms of prediction and target (frames of `size` samples, `hop` apart, window
 * given, no padding), the scale's terms are the sums over frames and bins of |P - T|, of |sqrt P - sqrt T| and
 * of |log(P + e) - log(T + e)|, e = 1e-4.
 *
 * A row of a spectrogram is size/2 + 4 floats: bins 0..size/2, then zeros.
 */

import { madd, sum4 } from '../simd.inline';
import { irfft, rfft } from './fft';
import { logOf } from './log.inline';
import { applyWindow, powerOf } from './power.inline';

const FLOOR: f32 = 1e-4;
/** a magnitude's derivative has no limit at 0; below this one it is held */
const FAINTEST: f32 = 1e-15;

// What `spectralLoss` sums up, in bytes: its results, four f64, and the running products of |log ratios|.
const POWER: usize = 0;
const MAGNITUDE: usize = 8;
const EXPONENT: usize = 16;
const RATIO: usize = 24;
const EXPONENTS: usize = 32;
const LARGER: usize = 48;
const SMALLER: usize = 64;

/** Sum of the lanes in double precision. */
function sumLanes(a: v128): f64 {
  return (
    <f64>f32x4.extract_lane(a, 0) +
    <f64>f32x4.extract_lane(a, 1) +
    (<f64>f32x4.extract_lane(a, 2) + <f64>f32x4.extract_lane(a, 3))
  );
}

/** Product of the lanes in double precision. */
function multiplyLanes(a: v128): f64 {
  return (
    <f64>f32x4.extract_lane(a, 0) *
    <f64>f32x4.extract_lane(a, 1) *
    (<f64>f32x4.extract_lane(a, 2) * <f64>f32x4.extract_lane(a, 3))
  );
}

/**
 * Power spectrogram: row i of `power` is |rfft(x[i hop .. i hop + size] * window)|^2.
 * @param power frames rows of size/2 + 4 floats
 * @param spectrum size + 8 floats of scratch
 * @param frame size floats of scratch
 * @param tables,work of the FFT of `size`
 */
export function powerSpectrogram(
  power: usize,
  x: usize,
  window: usize,
  spectrum: usize,
  frame: usize,
  tables: usize,
  work: usize,
  size: i32,
  hop: i32,
  frames: i32,
): void {
  const row = (<usize>((size >> 1) + 4)) << 2;
  const advance = (<usize>hop) << 2;
  const end = spectrum + row;
  do {
    applyWindow(frame, x, window, size);
    rfft(spectrum, frame, tables, work, size);
    let s = spectrum;
    do {
      v128.store(power, powerOf(v128.load(s), v128.load(s + row)));
      power += 16;
      s += 16;
    } while (s < end);
    x += advance;
  } while (--frames > 0);
}

/**
 * One frame's terms: adds to `sums`, and the spectrum becomes the gradient's.
 *
 * All terms have the sign of P - T in common; where the two are equal the gradient is 0. The sum of
 * |log ratios| needs no logarithm a bin: it is the log of the product of
 * max(P + e, T + e) / min(P + e, T + e), kept as two running products (numerators, denominators) whose
 * exponents are moved to an integer at every step, so they neither overflow nor lose precision.
 */
function frameTerms(
  sums: usize,
  spectrum: usize,
  target: usize,
  row: usize,
  power: f32,
  magnitude: f32,
  log: f32,
): void {
  const end = spectrum + row;
  const floor = f32x4.splat(FLOOR);
  const powerGain = f32x4.splat(power);
  const logGain = f32x4.splat(log);
  const signBit = i32x4.splat(0x80000000);
  const mantissa = i32x4.splat(0x007fffff);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  let absolute = zero;
  let magnitudes = zero;
  let exponents = v128.load(sums + EXPONENTS);
  let larger = v128.load(sums + LARGER);
  let smaller = v128.load(sums + SMALLER);
  do {
    const re = v128.load(spectrum);
    const im = v128.load(spectrum + row);
    const t = v128.load(target);
    const p = powerOf(re, im);
    const d = f32x4.sub(p, t);
    absolute = f32x4.add(absolute, f32x4.abs(d));
    const pFloored = f32x4.add(p, floor);
    const tFloored = f32x4.add(t, floor);
    larger = f32x4.mul(larger, f32x4.max(pFloored, tFloored));
    smaller = f32x4.mul(smaller, f32x4.min(pFloored, tFloored));
    exponents = i32x4.add(exponents, i32x4.sub(i32x4.shr_u(larger, 23), i32x4.shr_u(smaller, 23)));
    larger = v128.or(v128.and(larger, mantissa), one);
    smaller = v128.or(v128.and(smaller, mantissa), one);
    let gain = f32x4.add(powerGain, f32x4.div(logGain, pFloored));
    if (magnitude != 0) {
      // the derivative of sqrt P is 1 / (2 sqrt P)
      const root = f32x4.sqrt(p);
      magnitudes = f32x4.add(magnitudes, f32x4.abs(f32x4.sub(root, f32x4.sqrt(t))));
      const slope = f32x4.div(f32x4.splat(0.5 * magnitude), f32x4.max(root, f32x4.splat(FAINTEST)));
      gain = f32x4.add(gain, slope);
    }
    const signed = v128.xor(gain, v128.and(d, signBit));
    const g = v128.and(signed, f32x4.ne(d, zero));
    v128.store(spectrum, f32x4.mul(re, g));
    v128.store(spectrum + row, f32x4.mul(im, g));
    spectrum += 16;
    target += 16;
  } while (spectrum < end);
  v128.store(sums + EXPONENTS, exponents);
  v128.store(sums + LARGER, larger);
  v128.store(sums + SMALLER, smaller);
  store<f64>(sums, load<f64>(sums, POWER) + sumLanes(absolute), POWER);
  store<f64>(sums, load<f64>(sums, MAGNITUDE) + sumLanes(magnitudes), MAGNITUDE);
}

/**
 * Sums of a scale's terms, and the gradient. For every frame: transform, terms, gradient of the power,
 * inverse transform back through the window, overlap-add. Nothing is cached.
 *
 * @param sums 20 floats, of which the first eight are the result, four f64: the sum of |P - T|; the sum of
 *   |sqrt P - sqrt T|, left out (0) unless `magnitude` is not 0; E and R, where 2^E R is the product of
 *   all max(P + e, T + e) / min(P + e, T + e)
 * @param dx gradient with respect to x, accumulated into; 0: forward only
 * @param target power spectrogram of the target (`powerSpectrogram` with the same hop)
 * @param spectrum size + 8 floats of scratch
 * @param frame size floats of scratch
 * @param power,magnitude,log what dx gets of the gradient of each sum
 */
export function spectralLoss(
  sums: usize,
  dx: usize,
  x: usize,
  target: usize,
  window: usize,
  spectrum: usize,
  frame: usize,
  tables: usize,
  work: usize,
  size: i32,
  hop: i32,
  frames: i32,
  power: f32,
  magnitude: f32,
  log: f32,
): void {
  const row = (<usize>((size >> 1) + 4)) << 2;
  const nyquist = spectrum + ((<usize>size) << 1);
  const advance = (<usize>hop) << 2;
  // d|X|^2/dx = 2 Re(X exp), and irfft divides by size and counts inner bins twice
  const scale = <f32>size;
  memory.fill(sums, 0, LARGER);
  v128.store(sums + LARGER, f32x4.splat(1));
  v128.store(sums + SMALLER, f32x4.splat(1));
  do {
    applyWindow(frame, x, window, size);
    rfft(spectrum, frame, tables, work, size);
    frameTerms(sums, spectrum, target, row, power * scale, magnitude * scale, log * scale);
    if (dx) {
      store<f32>(spectrum, 2 * load<f32>(spectrum));
      store<f32>(nyquist, 2 * load<f32>(nyquist));
      irfft(frame, spectrum, tables, work, size);
      addWindowed(dx, frame, window, size);
      dx += advance;
    }
    target += row;
    x += advance;
  } while (--frames > 0);
  const exponents = v128.load(sums + EXPONENTS);
  store<f64>(
    sums,
    <f64>i32x4.extract_lane(exponents, 0) +
      <f64>i32x4.extract_lane(exponents, 1) +
      (<f64>i32x4.extract_lane(exponents, 2) + <f64>i32x4.extract_lane(exponents, 3)),
    EXPONENT,
  );
  const ratio = multiplyLanes(v128.load(sums + LARGER)) / multiplyLanes(v128.load(sums + SMALLER));
  store<f64>(sums, ratio, RATIO);
}

/** y += x * window, n a multiple of 8. */
function addWindowed(y: usize, x: usize, window: usize, n: i32): void {
  const end = (<usize>n) << 2;
  let o: usize = 0;
  do {
    v128.store(y + o, madd(v128.load(x + o), v128.load(window + o), v128.load(y + o)));
    v128.store(y + o, madd(v128.load(x + o, 16), v128.load(window + o, 16), v128.load(y + o, 16)), 16);
    o += 32;
  } while (o < end);
}

/**
 * Mean over frames of the root mean square over bins of the difference, in dB, of two power
 * spectrograms a and b: 10 log10(a + 1e-4) - 10 log10(b + 1e-4).
 * @param a,b frames rows of bins values, `stride` floats apart; stride a multiple of 4, what lies
 *   between bins and stride equal in both
 */
export function logSpectralDistance(a: usize, b: usize, bins: i32, stride: i32, frames: i32): f64 {
  const floor = f32x4.splat(FLOOR);
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
