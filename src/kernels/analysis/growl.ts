/**
 * Tests whether the periods of a sound differ only in loudness.
 *
 * In a rough voice (growl) every second period is weaker. The sound then repeats after two periods, but not quite after
 * one. So u (see dips.ts) of the true period is a few per cent. The octave above a note with weak odd harmonics has the
 * same u. To tell the two cases apart, every period gets its own gain:
 *
 *   v(tau) = 1 - sum of r(block) / sum of sqrt(energy of the block * energy of the block tau later)
 *
 * The sums run over blocks of tau samples. For a growl v is nearly 0, because its periods then are all alike. Periods
 * with different shapes stay different. The start of a period is not known, so PHASES starts are tried and the best
 * counts.
 */

const PHASES: i32 = 32;
/** Bytes of three sums (f64). */
const SUMS: usize = 24;

/** Number of floats of working memory, for a window of n samples and lags from `shortest` on. */
export function growlWork(n: i32, shortest: i32): i32 {
  return (<i32>SUMS / 4) * (PHASES * (n / shortest + 1) + 2);
}

/**
 * v at a lag; 1 where there is no energy.
 * @param y n samples
 * @param lag from the `shortest` that `work` was made for, to n - 1
 * @param work `growlWork` floats, aligned to 8 bytes
 */
export function growlDoubt(y: usize, n: i32, lag: i32, work: usize): f64 {
  const parts = runningSums(y, n, lag, work);
  let best: f64 = 1;
  for (let phase = 1; phase <= PHASES; phase++) {
    let products: f64 = 0;
    let levels: f64 = 0;
    let first = 0;
    let last = min(phase, parts);
    while (first < parts) {
      const from = work + SUMS * <usize>first;
      const to = work + SUMS * <usize>last;
      products += load<f64>(to) - load<f64>(from);
      const energy = load<f64>(to, 8) - load<f64>(from, 8);
      const energyLater = load<f64>(to, 16) - load<f64>(from, 16);
      levels += sqrt<f64>(energy * energyLater);
      first = last;
      last = min(last + PHASES, parts);
    }
    if (levels > 0) best = min<f64>(best, 1 - products / levels);
  }
  return max<f64>(best, 0);
}

/**
 * Running sums from the first sample, stored PHASES times per block. There are three: the products of samples that are
 * `lag` apart, the energy of the earlier samples, and the energy of the later samples.
 * @returns the number of entries after the first entry, which is 0
 */
function runningSums(y: usize, n: i32, lag: i32, work: usize): i32 {
  const later = (<usize>lag) << 2;
  const end = y + ((<usize>(n - lag)) << 2);
  let product: f64 = 0;
  let energy: f64 = 0;
  let energyLater: f64 = 0;
  let parts = 0;
  let at = y;
  store<f64>(work, 0);
  store<f64>(work, 0, 8);
  store<f64>(work, 0, 16);
  while (at < end) {
    parts++;
    const until = min(y + ((<usize>((parts * lag) / PHASES)) << 2), end);
    for (; at < until; at += 4) {
      const a = <f64>load<f32>(at);
      const b = <f64>load<f32>(at + later);
      product += a * b;
      energy += a * a;
      energyLater += b * b;
    }
    work += SUMS;
    store<f64>(work, product);
    store<f64>(work, energy, 8);
    store<f64>(work, energyLater, 16);
  }
  return parts;
}
