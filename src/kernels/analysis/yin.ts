/**
 * YIN (de Cheveigné and Kawahara 2002), on a window of n samples y without mean.
 *
 *   d(tau) = sum over j < n - tau of (y[j] - y[j + tau])^2
 *          = energy of the first n - tau + energy of the last n - tau - 2 r(tau)
 *   d'(tau) = d(tau) * tau / sum of d(1..tau)
 *
 * with the autocorrelation r by FFT. The energies run in double precision: d is small beside them.
 */

/** Lags on either side of the chosen one that refinement reads. */
const REACH: i32 = 8;

/** Lags beyond the longest one that `yinRefine` reads. */
export function yinReach(): i32 {
  return REACH;
}

/**
 * Difference function and its cumulative mean normalised form for lags 0..lags-1; d'(0) = 1, and 1
 * wherever all is silence.
 * @param d lags floats, written
 * @param normalised lags floats, written
 * @param r autocorrelation of y, from lag 0
 * @param y n samples
 * @param lags at most n
 */
export function yinDifference(d: usize, normalised: usize, r: usize, y: usize, n: i32, lags: i32): void {
  let energy: f64 = 0;
  for (let i = 0; i < n; i++) {
    const v = <f64>load<f32>(y + ((<usize>i) << 2));
    energy += v * v;
  }
  energy *= 2;
  let sum: f64 = 0;
  let first = y;
  let last = y + ((<usize>n) << 2) - 4;
  let tau: f64 = 0;
  store<f32>(d, 0);
  store<f32>(normalised, 1);
  while (--lags > 0) {
    const a = <f64>load<f32>(first);
    const b = <f64>load<f32>(last);
    energy -= a * a + b * b;
    first += 4;
    last -= 4;
    r += 4;
    d += 4;
    normalised += 4;
    tau += 1;
    const difference = max<f64>(energy - 2 * <f64>load<f32>(r), 0);
    sum += difference;
    store<f32>(d, <f32>difference);
    store<f32>(normalised, sum > 0 ? <f32>((difference * tau) / sum) : 1);
  }
}

/**
 * The first lag in shortest..longest whose d' is below the threshold, then on to the local minimum.
 * @returns 0 if there is none
 */
export function yinLag(normalised: usize, shortest: i32, longest: i32, threshold: f32): i32 {
  let lag = shortest;
  while (lag <= longest && !(load<f32>(normalised + ((<usize>lag) << 2)) < threshold)) lag++;
  if (lag > longest) return 0;
  let at = normalised + ((<usize>lag) << 2);
  while (lag < longest && load<f32>(at, 4) < load<f32>(at)) {
    at += 4;
    lag++;
  }
  return lag;
}

/** The smallest d' in shortest..longest. */
export function yinLowest(normalised: usize, shortest: i32, longest: i32): f32 {
  let lowest: f32 = Infinity;
  for (let lag = shortest; lag <= longest; lag++) {
    lowest = min(lowest, load<f32>(normalised + ((<usize>lag) << 2)));
  }
  return lowest;
}

/** d' at a lag. */
export function yinAt(normalised: usize, lag: i32): f32 {
  return load<f32>(normalised + ((<usize>lag) << 2));
}

/** d a sample, at a lag: the sum has fewer terms at longer lags, which would pull its minimum there. */
function mean(d: usize, lag: i32, n: i32): f64 {
  const tau = abs(lag);
  return <f64>load<f32>(d + ((<usize>tau) << 2)) / <f64>(n - tau);
}

/** The polynomial through the 2 REACH + 1 means around `lag`, at lag + x (barycentric Lagrange form). */
function between(d: usize, lag: i32, n: i32, x: f64): f64 {
  let above: f64 = 0;
  let below: f64 = 0;
  let binomial: f64 = 1;
  for (let i = -REACH; i <= REACH; i++) {
    const distance = x - <f64>i;
    const value = mean(d, lag + i, n);
    if (distance == 0) return value;
    const weight = binomial / distance;
    above += weight * value;
    below += weight;
    binomial *= <f64>(i - REACH) / <f64>(i + REACH + 1);
  }
  return above / below;
}

/** Where the parabola through (-h, a), (0, b), (h, c) is lowest; 0 if it has no lowest point. */
function vertex(a: f64, b: f64, c: f64, h: f64): f64 {
  const curvature = a - 2 * b + c;
  return curvature > 0 ? (0.5 * h * (a - c)) / curvature : 0;
}

/**
 * The minimum of d between lags, at most one from the whole lag: a parabola through three lags, then
 * two through closer points of the polynomial through seventeen. The dip of a bright sound is narrower
 * than a parabola of lags can follow: 1 to 3 cents at 1 kHz, and differently so at each sample rate.
 * @param d lags 0..lag + `yinReach()`
 * @param n samples of the window
 */
export function yinRefine(d: usize, lag: i32, n: i32): f64 {
  let x = vertex(mean(d, lag - 1, n), mean(d, lag, n), mean(d, lag + 1, n), 1);
  x = min<f64>(max<f64>(x, -1), 1);
  for (let round = 0; round < 2; round++) {
    const h: f64 = 0.25;
    const step = vertex(between(d, lag, n, x - h), between(d, lag, n, x), between(d, lag, n, x + h), h);
    x = min<f64>(max<f64>(x + step, -1), 1);
  }
  return <f64>lag + x;
}
