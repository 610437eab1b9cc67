/**
 * Finds the dip of the difference function that is the period.
 *
 * Every lag tau has a doubt u(tau):
 *
 *   u(tau) = d(tau) / (energy of the first n - tau + energy of the last n - tau)
 *
 * u is 0 if the window repeats exactly after tau, and 1 for noise. It is 2 if the window returns with the opposite
 * sign. 1 - u is the normalised square difference of McLeod and Wyvill (2005).
 *
 * Every multiple of the period has as low a dip as the period itself. So the period is the shortest of the low dips.
 * How low a dip must be depends on the lowest dip. In a clean tone, half the period has a dip, too: u is twice the
 * share of the odd harmonics in the power. Even if that is only a few per cent, this dip must not be taken. In a noisy
 * tone, the dip of the period itself may be no lower than that. The period is the first dip below
 *
 *   RELATIVE * sqrt(lowest)
 *
 * A fixed threshold (YIN) is wrong for noisy tones. A fixed ratio (McLeod) is wrong for clean tones.
 */

import { exactMadd } from '../simd.inline';

const RELATIVE: f64 = 0.85;
/** Doubt that remains in the dips of an exact tone, because of rounding and interpolation. */
const ROUNDING: f64 = 1e-4;
/** Dips that are less deep (u above this) are ripples. */
const SHALLOW: f32 = 0.95;
/** A narrow dip may be lower between the lags, by up to NARROW. Only tones (u below TONE) have such narrow dips. */
const NARROW: f64 = 0.25;
const TONE: f64 = 0.3;
/**
 * Relative distance of a semitone. Dips within a semitone belong to one period: the lowest counts, the rest are
 * ripples.
 */
const BESIDE: f64 = 0.06;

/** Lags on each side of a dip that the interpolation uses. */
const REACH: i32 = 8;

/** Number of lags beyond the longest lag of the search that the interpolation needs. */
export function dipReach(): i32 {
  return REACH;
}

/**
 * u for lags 0..lags - 1; 1 where there is no energy.
 * @param u lags floats, written
 * @param d difference function, lags floats
 * @param r autocorrelation, from lag 0; the sum of the two energies is d + 2 r
 */
export function dipDoubt(u: usize, d: usize, r: usize, lags: i32): void {
  const two = f32x4.splat(2);
  const one = f32x4.splat(1);
  const nothing = f32x4.splat(0);
  const end = u + ((<usize>lags) << 2);
  const last = end - 16;
  while (u <= last) {
    const difference = v128.load(d);
    const energy = exactMadd(two, v128.load(r), difference);
    const quotient = f32x4.div(difference, energy);
    v128.store(u, v128.bitselect(quotient, one, f32x4.gt(energy, nothing)));
    u += 16;
    d += 16;
    r += 16;
  }
  while (u < end) {
    const difference = load<f32>(d);
    const energy = difference + 2 * load<f32>(r);
    store<f32>(u, energy > 0 ? difference / energy : 1);
    u += 4;
    d += 4;
    r += 4;
  }
}

function at(u: usize, lag: i32): f64 {
  return <f64>load<f32>(u + ((<usize>abs(lag)) << 2));
}

function isDip(u: usize, lag: i32): bool {
  const here = u + ((<usize>lag) << 2);
  const value = load<f32>(here);
  return value < SHALLOW && value < load<f32>(here - 4) && value <= load<f32>(here, 4);
}

/** Position of the minimum of the parabola through (-h, a), (0, b), (h, c); 0 if it has no minimum. */
function vertex(a: f64, b: f64, c: f64, h: f64): f64 {
  const curvature = a - 2 * b + c;
  return curvature > 0 ? (0.5 * h * (a - c)) / curvature : 0;
}

/** Minimum of the parabola through three lags. */
function roughDepth(u: usize, lag: i32): f64 {
  const a = at(u, lag - 1);
  const b = at(u, lag);
  const c = at(u, lag + 1);
  return max<f64>(b - 0.25 * (a - c) * vertex(a, b, c, 1), 0);
}

/** Value at lag + x of the polynomial through the 2 REACH + 1 values around `lag` (barycentric Lagrange form). */
function between(u: usize, lag: i32, x: f64): f64 {
  let above: f64 = 0;
  let below: f64 = 0;
  let binomial: f64 = 1;
  for (let i = -REACH; i <= REACH; i++) {
    const distance = x - <f64>i;
    const value = at(u, lag + i);
    if (distance == 0) return value;
    const weight = binomial / distance;
    above += weight * value;
    below += weight;
    binomial *= <f64>(i - REACH) / <f64>(i + REACH + 1);
  }
  return above / below;
}

/**
 * Position of a dip's minimum between lags, at most one lag away from the whole lag. The first estimate is a parabola
 * through three lags. Two more parabolas follow, through closer points of the polynomial through seventeen lags. The
 * dip of a bright sound is too narrow for a parabola through whole lags. The error would be 1 to 3 cents at 1 kHz, and
 * would differ between sample rates.
 * @param u lags 0..lag + `dipReach()`
 */
export function dipRefine(u: usize, lag: i32): f64 {
  let x = vertex(at(u, lag - 1), at(u, lag), at(u, lag + 1), 1);
  x = min<f64>(max<f64>(x, -1), 1);
  for (let round = 0; round < 2; round++) {
    const h: f64 = 0.25;
    const step = vertex(between(u, lag, x - h), between(u, lag, x), between(u, lag, x + h), h);
    x = min<f64>(max<f64>(x + step, -1), 1);
  }
  return <f64>lag + x;
}

/** u at the lag `exact`, which may be fractional; at most one away from the whole `lag`. */
export function dipDepth(u: usize, lag: i32, exact: f64): f64 {
  return max<f64>(between(u, lag, exact - <f64>lag), 0);
}

function exactDepth(u: usize, lag: i32): f64 {
  return dipDepth(u, lag, dipRefine(u, lag));
}

/** The shortest lag in the search for a period above the pitch range. */
const SHORTEST: i32 = 2;
/** Highest doubt of a whistle and of a tone above the range. Noise also has dips at such lags, but not so low. */
const CLEAR: f64 = 0.1;
/** Between the dips of a tone, u reaches at least this. If it stays lower, the sound is a slow wave with a ripple. */
const TURNED: f64 = 0.5;

/**
 * The whole lag nearest to the period, by the rule above. Lags shorter than `shortest` are also searched. A tone above
 * the range also repeats within the range, after two periods or more.
 * @param u lags 0..longest + `dipReach()`
 * @param clear a dip at a shorter lag than this must be clear
 * @returns 0 if there is no dip. If the pitch lies above the range: minus the lag that would be taken otherwise.
 */
export function dipLag(u: usize, shortest: i32, longest: i32, clear: i32): i32 {
  let lowest = 0;
  let depth: f64 = Infinity;
  for (let lag = shortest; lag <= longest; lag++) {
    if (!isDip(u, lag)) continue;
    const candidate = roughDepth(u, lag);
    if (candidate < depth && (lag >= clear || exactDepth(u, lag) < CLEAR)) {
      depth = candidate;
      lowest = lag;
    }
  }
  if (lowest == 0) return 0;
  depth = exactDepth(u, lowest);
  const bound = RELATIVE * sqrt<f64>(depth + ROUNDING);
  const closer = depth < TONE ? bound + NARROW : bound;
  let above = false;
  let highest: f64 = 0;
  for (let lag = min(SHORTEST, shortest); lag < lowest; lag++) {
    if (lag < shortest) highest = max(highest, at(u, lag - 1));
    if (!isDip(u, lag)) continue;
    const rough = roughDepth(u, lag);
    if (!(rough < bound || (rough < closer && exactDepth(u, lag) < bound))) continue;
    if (lag < clear && !(exactDepth(u, lag) < CLEAR)) continue;
    if (lag < shortest) {
      above = above || highest > TURNED;
    } else {
      const found = lowestBeside(u, lag, lowest);
      return above ? -found : found;
    }
  }
  return above ? -lowest : lowest;
}

/** The lowest dip within a semitone of half the lag; 0 if there is none at `shortest` or more. */
export function dipHalf(u: usize, lag: i32, shortest: i32): i32 {
  const half = lag >> 1;
  const near = max<i32>(1, <i32>(BESIDE * <f64>half));
  let found = 0;
  for (let at = max(half - near, shortest); at <= half + near; at++) {
    if (isDip(u, at) && (found == 0 || roughDepth(u, at) < roughDepth(u, found))) found = at;
  }
  return found;
}

/** The lowest dip from `first` to a semitone beyond it, at most at `last`. */
function lowestBeside(u: usize, first: i32, last: i32): i32 {
  const end = min(last, first + <i32>(BESIDE * <f64>first));
  let lowest = first;
  let depth = exactDepth(u, first);
  for (let lag = first + 1; lag <= end; lag++) {
    if (!isDip(u, lag) || roughDepth(u, lag) > depth + NARROW) continue;
    const candidate = exactDepth(u, lag);
    if (candidate < depth) {
      depth = candidate;
      lowest = lag;
    }
  }
  return lowest;
}

/**
 * The share of the power in the first three harmonics of a period. It comes from the Fourier series of one period of 1
 * - u, which is the autocorrelation. It is approximate, because the period is rounded to a whole number of lags.
 * @param u lags 0..period - 1
 * @param period lags
 * @param cosine of 2 pi / period
 */
export function dipLowHarmonics(u: usize, period: i32, cosine: f64): f64 {
  let now: f64 = 1;
  let before = cosine;
  let sum: f64 = 0;
  for (let lag = 1; lag < period; lag++) {
    const c = 2 * cosine * now - before;
    before = now;
    now = c;
    // cos(x) + cos(2x) + cos(3x)
    sum += at(u, lag) * (c * (2 * c * (2 * c + 1) - 2) - 1);
  }
  return (-2 * sum) / <f64>period;
}
