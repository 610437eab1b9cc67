/**
 * One scale of the multi-scale spectral loss (Wang et al. 2019; Engel et al. 2020), with its gradient.
 *
 * P and T are the power spectrograms of prediction and target. Their frames have `size` samples, are `hop` apart, and
 * use the given window, without padding. A scale has three terms, each a sum over frames and bins: |P - T|, |sqrt P -
 * sqrt T| and |log(P + e) - log(T + e)|, e = 1e-4.
 */

import { reversed } from './butterfly.inline';
import { addInversePair, dropSecond, pairPitch, transformPair } from './pair';
import { quarterPower, slope } from './power.inline';
import { noFrame, POWER_FLOOR, pairPowers } from './spectrogram';

/** The derivative of a magnitude is unbounded at 0, so it is held constant below this magnitude. */
const FAINTEST: f32 = 1e-15;

// Sums of `spectralLoss`, as offsets in bytes: its results, four f64, and the running products of |log ratios|.
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
 * Computes the terms of a pair of frames, bins 0..size/2. It adds to `sums` and replaces Z by its gradient.
 *
 * The sum of |log ratios| needs no logarithm per bin. It is the log of the product of
 * max(P + e, T + e) / min(P + e, T + e). Numerators and denominators are two running products. At every step their
 * exponents are moved to an integer, so they neither overflow nor lose precision.
 *
 * @param pair Z of the predictions
 * @param targetA,targetB powers of the target's frames
 */
function pairTerms(
  sums: usize,
  pair: usize,
  targetA: usize,
  targetB: usize,
  size: i32,
  power: f32,
  magnitude: f32,
  log: f32,
): void {
  const im = pair + pairPitch(size);
  const half = (<usize>size) << 1;
  const floor = f32x4.splat(POWER_FLOOR);
  // half of each gain, because a and b come out of Z twice as large
  const powerGain = f32x4.splat(0.5 * power);
  const logGain = f32x4.splat(0.5 * log);
  const mantissa = i32x4.splat(0x007fffff);
  const one = f32x4.splat(1);
  let absolute = f32x4.splat(0);
  let magnitudes = absolute;
  let linearA = powerGain;
  let linearB = powerGain;
  let exponents = v128.load(sums + EXPONENTS);
  let larger = v128.load(sums + LARGER);
  let smaller = v128.load(sums + SMALLER);
  let k: usize = 0;
  let mirror = half + half - 12;
  do {
    const zr = v128.load(pair + k);
    const zi = v128.load(im + k);
    const mr = reversed(v128.load(pair + mirror));
    const mi = reversed(v128.load(im + mirror));
    const ar = f32x4.add(zr, mr);
    const ai = f32x4.sub(zi, mi);
    const br = f32x4.add(zi, mi);
    const bi = f32x4.sub(mr, zr);
    const ta = v128.load(targetA + k);
    const tb = v128.load(targetB + k);
    const pa = quarterPower(ar, ai);
    const pb = quarterPower(br, bi);
    const da = f32x4.sub(pa, ta);
    const db = f32x4.sub(pb, tb);
    absolute = f32x4.add(absolute, f32x4.add(f32x4.abs(da), f32x4.abs(db)));
    const paFloored = f32x4.add(pa, floor);
    const pbFloored = f32x4.add(pb, floor);
    const taFloored = f32x4.add(ta, floor);
    const tbFloored = f32x4.add(tb, floor);
    larger = f32x4.mul(larger, f32x4.mul(f32x4.max(paFloored, taFloored), f32x4.max(pbFloored, tbFloored)));
    smaller = f32x4.mul(smaller, f32x4.mul(f32x4.min(paFloored, taFloored), f32x4.min(pbFloored, tbFloored)));
    exponents = i32x4.add(exponents, i32x4.sub(i32x4.shr_u(larger, 23), i32x4.shr_u(smaller, 23)));
    larger = v128.or(v128.and(larger, mantissa), one);
    smaller = v128.or(v128.and(smaller, mantissa), one);
    if (magnitude != 0) {
      const gain = f32x4.splat(0.25 * magnitude);
      const rootA = f32x4.sqrt(pa);
      const rootB = f32x4.sqrt(pb);
      const differenceA = f32x4.abs(f32x4.sub(rootA, f32x4.sqrt(ta)));
      const differenceB = f32x4.abs(f32x4.sub(rootB, f32x4.sqrt(tb)));
      magnitudes = f32x4.add(magnitudes, f32x4.add(differenceA, differenceB));
      linearA = f32x4.add(powerGain, f32x4.div(gain, f32x4.max(rootA, f32x4.splat(FAINTEST))));
      linearB = f32x4.add(powerGain, f32x4.div(gain, f32x4.max(rootB, f32x4.splat(FAINTEST))));
    }
    const ga = slope(da, paFloored, linearA, logGain);
    const gb = slope(db, pbFloored, linearB, logGain);
    const gar = f32x4.mul(ga, ar);
    const gai = f32x4.mul(ga, ai);
    const gbr = f32x4.mul(gb, br);
    const gbi = f32x4.mul(gb, bi);
    v128.store(pair + k, f32x4.sub(gar, gbi));
    v128.store(im + k, f32x4.add(gai, gbr));
    v128.store(pair + mirror, reversed(f32x4.add(gar, gbi)));
    v128.store(im + mirror, reversed(f32x4.sub(gbr, gai)));
    k += 16;
    mirror -= 16;
  } while (k < half);

  // the middle bin, where Z[k] is its own mirror image: both frames are in one vector
  const z = f32x4(load<f32>(pair + half), load<f32>(im + half), 0, 0);
  const t = f32x4(load<f32>(targetA + half), load<f32>(targetB + half), 0, 0);
  const p = f32x4.mul(z, z);
  const d = f32x4.sub(p, t);
  const pFloored = f32x4.add(p, floor);
  const tFloored = f32x4.add(t, floor);
  absolute = f32x4.add(absolute, f32x4.abs(d));
  larger = f32x4.mul(larger, f32x4.max(pFloored, tFloored));
  smaller = f32x4.mul(smaller, f32x4.min(pFloored, tFloored));
  exponents = i32x4.add(exponents, i32x4.sub(i32x4.shr_u(larger, 23), i32x4.shr_u(smaller, 23)));
  larger = v128.or(v128.and(larger, mantissa), one);
  smaller = v128.or(v128.and(smaller, mantissa), one);
  if (magnitude != 0) {
    const root = f32x4.sqrt(p);
    magnitudes = f32x4.add(magnitudes, f32x4.abs(f32x4.sub(root, f32x4.sqrt(t))));
    const gain = f32x4.splat(0.25 * magnitude);
    linearA = f32x4.add(powerGain, f32x4.div(gain, f32x4.max(root, f32x4.splat(FAINTEST))));
  }
  // this bin occurs once in the inverse transform, not twice like the others; the same is true of bin 0
  const g = f32x4.mul(f32x4.splat(4), f32x4.mul(z, slope(d, pFloored, linearA, logGain)));
  store<f32>(pair + half, f32x4.extract_lane(g, 0));
  store<f32>(im + half, f32x4.extract_lane(g, 1));
  store<f32>(pair, 2 * load<f32>(pair));
  store<f32>(im, 2 * load<f32>(im));
  v128.store(sums + EXPONENTS, exponents);
  v128.store(sums + LARGER, larger);
  v128.store(sums + SMALLER, smaller);
  store<f64>(sums, load<f64>(sums, POWER) + sumLanes(absolute), POWER);
  store<f64>(sums, load<f64>(sums, MAGNITUDE) + sumLanes(magnitudes), MAGNITUDE);
}

/**
 * Sums of the terms of a scale, and the gradient. For every two frames it computes both transforms, the terms, and the
 * gradient of the power. The inverse transform is windowed and overlap-added. No state is kept between calls.
 *
 * @param sums 20 floats. The first eight hold the result, four f64:
 *   1. The sum of |P - T|.
 *   2. The sum of |sqrt P - sqrt T|. It is not computed, and 0, if `magnitude` is 0.
 *   3. E and 4. R. Their value 2^E R is the product of all max(P + e, T + e) / min(P + e, T + e).
 * @param dx gradient with respect to x, accumulated into; 0: forward only
 * @param x,target samples of prediction and target
 * @param scratch `spectrogramScratch(size)` floats
 * @param tables of the FFT of 2 size (see pair.ts)
 * @param power,magnitude,log factors for the gradients of the three sums in dx
 */
export function spectralLoss(
  sums: usize,
  dx: usize,
  x: usize,
  target: usize,
  window: usize,
  scratch: usize,
  tables: usize,
  size: i32,
  hop: i32,
  frames: i32,
  power: f32,
  magnitude: f32,
  log: f32,
): void {
  const advance = (<usize>hop) << 2;
  memory.fill(sums, 0, LARGER);
  v128.store(sums + LARGER, f32x4.splat(1));
  v128.store(sums + SMALLER, f32x4.splat(1));
  const nothing = noFrame(scratch, size, frames);
  const rowA = nothing + ((<usize>size) << 2);
  const rowB = rowA + ((<usize>((size >> 1) + 4)) << 2);
  do {
    const paired = frames > 1;
    transformPair(scratch, target, paired ? target + advance : nothing, window, tables, size);
    if (!paired) dropSecond(scratch, size);
    pairPowers(rowA, rowB, scratch, size);
    transformPair(scratch, x, paired ? x + advance : nothing, window, tables, size);
    if (!paired) dropSecond(scratch, size);
    pairTerms(sums, scratch, rowA, rowB, size, power, magnitude, log);
    if (dx) {
      addInversePair(dx, paired ? dx + advance : 0, scratch, window, tables, size);
      dx += 2 * advance;
    }
    target += 2 * advance;
    x += 2 * advance;
    frames -= 2;
  } while (frames > 0);
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
