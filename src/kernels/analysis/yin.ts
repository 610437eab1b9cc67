/**
 * YIN (de Cheveigné and Kawahara 2002), on a window of n samples y with zero mean.
 *
 *   d(tau) = sum over j < n - tau of (y[j] - y[j + tau])^2
 *          = energy of the first n - tau + energy of the last n - tau - 2 r(tau)
 *   d'(tau) = d(tau) * tau / sum of d(1..tau)
 *
 * r is the autocorrelation, by FFT. The energies are computed in double precision, because d is small compared with
 * them.
 */

/**
 * Difference function and its cumulative mean normalised form, for lags 0..lags - 1. d'(0) = 1. In silence d' is 1.
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
 * Finds the first lag in shortest..longest whose d' is below the threshold, then moves on to the local minimum.
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
