/**
 * Which dip of the difference function is the period.
 *
 * Every lag has a doubt:
 *
 *   u(tau) = d(tau) / (energy of the first n - tau + energy of the last n - tau)
 *
 * It is 0 if the window repeats exactly after tau, 1 for noise, and 2 if it returns with the opposite sign. 1 - u is
 * the normalised square difference of McLeod and Wyvill (2005).
 *
 * Every multiple of the period dips as low as the period does. So the period is the shortest of the low dips. How low
 * a dip must be depends on the lowest one. In a clean tone half the period dips to twice the share of the odd
 * harmonics' power: even a few per cent there must not be taken. In a noisy tone the period itself dips no lower than
 * that. The period is the first dip below
 *
 *   RELATIVE * sqrt(lowest)
 *
 * A fixed threshold (YIN) is wrong for noisy tones, and a fixed ratio (McLeod) for clean ones.
 */

import { exactMadd } from '../simd.inline';

const RELATIVE: f64 = 0.85;
/** Rounding, and reading between lags, leave so much in the dips of an exact tone. */
const ROUNDING: f64 = 1e-4;
/** Dips that are shallower are ripples. */
const SHALLOW: f32 = 0.95;
/** A dip narrower than the lags are apart may be this much lower between them, which only tones have. */
const NARROW: f64 = 0.25;
const TONE: f64 = 0.3;
/** Dips closer together than a semitone belong to one period; the others are ripples beside it. */
const BESIDE: f64 = 0.06;

/** Lags on either side of a dip that reading between lags takes. */
const REACH: i32 = 8;

/** Lags beyond the longest one that must be there. */
export function dipReach(): i32 {
  return REACH;
}

/**
 * u for lags 0..lags - 1; 1 where there is no energy.
 * @param u lags floats, written
 * @param d difference function, lags floats
 * @param r autocorrelation, from lag 0: the energies are d + 2 r
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

/** Where the parabola through (-h, a), (0, b), (h, c) is lowest; 0 if it has no lowest point. */
function vertex(a: f64, b: f64, c: f64, h: f64): f64 {
  const curvature = a - 2 * b + c;
  return curvature > 0 ? (0.5 * h * (a - c)) / curvature : 0;
}

/** How low the parabola through three lags goes. */
function roughDepth(u: usize, lag: i32): f64 {
  const a = at(u, lag - 1);
  const b = at(u, lag);
  const c = at(u, lag + 1);
  return max<f64>(b - 0.25 * (a - c) * vertex(a, b, c, 1), 0);
}

/** The polynomial through the 2 REACH + 1 values around `lag`, at lag + x (barycentric Lagrange form). */
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
 * The lowest point of a dip, between lags, at most one from the whole lag: a parabola through three lags,
 * then two through closer points of the polynomial through seventeen. The dip of a bright sound is narrower
 * than a parabola of lags can follow: 1 to 3 cents at 1 kHz, and differently so at each sample rate.
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

/** u at a lag that need not be whole, at most one from the whole `lag`. */
export function dipDepth(u: usize, lag: i32, exact: f64): f64 {
  return max<f64>(between(u, lag, exact - <f64>lag), 0);
}

function exactDepth(u: usize, lag: i32): f64 {
  return dipDepth(u, lag, dipRefine(u, lag));
}

/** The shortest lag that a period above the range can have. */
const SHORTEST: i32 = 2;
/** Doubt of a whistle at most, and of a tone above the range: noise dips at their lags, too, but not so low. */
const CLEAR: f64 = 0.1;
/** Doubt half a period away from that of a tone, at least: what stays lower is a slow wave with a ripple on it. */
const TURNED: f64 = 0.5;

/**
 * The whole lag nearest to the period: see above. Shorter lags than `shortest` are looked at, too: a tone above the
 * range repeats within it, after two periods or more.
 * @param u lags 0..longest + `dipReach()`
 * @param clear below this lag a dip must be clear
 * @returns 0 if nothing dips; minus the lag that would be taken if the pitch lies above the range
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

/** The lowest dip at half the period `lag`, to within a semitone; 0 if there is none, or if it is shorter than `shortest`. */
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
 * The share of the power that lies in the first three harmonics of a period, from the Fourier series of
 * one period of 1 - u, which is the autocorrelation. Rough: the period is taken as a whole number of lags.
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
