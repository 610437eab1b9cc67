/**
 * Whether periods differ in loudness alone.
 *
 * In a rough voice every second period is weaker, so that the sound repeats after two of them and not quite after
 * one: u (see dips.ts) of the period is some per cent, as it is of the octave above a note whose odd harmonics are
 * weak. The two are told apart by giving every period a gain of its own: then those of a growl are all alike,
 *
 *   v(tau) = 1 - sum of r(block) / sum of sqrt(energy of the block * energy of the block tau later)
 *
 * over blocks of tau samples, is nearly 0, while periods of another shape stay different. Where periods begin is not
 * known: the best of PHASES beginnings counts.
 */

const PHASES: i32 = 32;
/** Bytes of three sums. */
const SUMS: usize = 24;

/** Floats of working memory for a window of n samples and lags from `shortest`. */
export function growlWork(n: i32, shortest: i32): i32 {
  return (<i32>SUMS / 4) * (PHASES * (n / shortest + 1) + 2);
}

/**
 * v at a lag; 1 where there is no energy.
 * @param y n samples
 * @param lag from the `shortest` that `work` was made for to n - 1
 * @param work `growlWork` floats, at a multiple of 8 bytes
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
 * Sums from the first sample to each PHASES-th of a block: of products of samples `lag` apart, of the energies of
 * the earlier and of the later ones.
 * @returns how many follow the first, which is 0
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
