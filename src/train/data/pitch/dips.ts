/**
 * Which dips of a frame's difference function may be the period, and how likely each is.
 *
 * After pYIN (Mauch and Dixon 2014): YIN takes the first dip below its threshold, pYIN gives the threshold
 * a distribution, and a dip the probability of the thresholds that would choose it. Here that is done twice:
 * how deep the lowest dip is says how likely there is a pitch at all; and thresholds above the lowest dip
 * say which dip it is. With one threshold for both, as in pYIN, tones in noise lose out to their octave
 * below, and tones that nearly sound an octave higher to that (figures in docs/research/pitch.md).
 */

/** Mean threshold below which the lowest dip means a pitch. */
const PITCHED = 0.15;
/**
 * Mean threshold above the lowest dip, at least; in noise it is what is left between the lowest dip and the bound that
 * the live tracker takes the first dip below (RELATIVE is a little less than that of src/kernels/analysis/dips.ts): there a
 * multiple of the period, which has fewer samples to compare, is often lower by chance.
 */
const ABOVE_LOWEST = 0.08;
const RELATIVE = 0.7;
/** Probability that there is a pitch where no threshold is high enough. */
const LAST_RESORT = 0.01;
/** Dips this far above the lowest are kept: a path may need them. */
const KEPT = 0.25;
/** Dips closer together than a semitone are one, with ripples of noise. */
const BESIDE = 0.06;
/** Dips a frame that are kept. */
export const MOST_DIPS = 16;

/** Where a frame's difference function is low. */
export class Dips {
  count = 0;
  /** whole lags, ascending */
  readonly lags = new Int32Array(MOST_DIPS);
  /** d' there, as if every lag had as many samples to sum */
  readonly depths = new Float64Array(MOST_DIPS);
  /** their sum is the probability that there is a pitch */
  readonly probabilities = new Float64Array(MOST_DIPS);

  /**
   * @param normalised d' from lag 0 to `longest`, both ends of the range included
   * @param window samples that d' was made of
   */
  find(normalised: Float32Array, shortest: number, longest: number, window: number): void {
    let lowest = 1;
    for (let lag = shortest; lag < longest; lag++) {
      if (isDip(normalised, lag)) lowest = Math.min(lowest, depthAt(normalised, lag, window));
    }
    const pitched = 1 - (1 - LAST_RESORT) * betaBelow(lowest, PITCHED);
    const margin = Math.max(RELATIVE * Math.sqrt(lowest) - lowest, ABOVE_LOWEST);
    const limit = Math.min(lowest + Math.max(KEPT, 2 * margin), 1);
    // thresholds above this one chose an earlier dip
    let taken = Number.POSITIVE_INFINITY;
    this.count = 0;
    for (let lag = shortest; lag < longest && this.count < MOST_DIPS; lag++) {
      if (!isDip(normalised, lag)) continue;
      const depth = depthAt(normalised, lag, window);
      if (!(depth < limit)) continue;
      const share = depth < taken ? betaBelow(taken - lowest, margin) - betaBelow(depth - lowest, margin) : 0;
      taken = Math.min(taken, depth);
      const last = this.count - 1;
      if (last >= 0 && lag - this.lags[last] <= BESIDE * lag) {
        this.probabilities[last] += pitched * share;
        if (depth >= this.depths[last]) continue;
        this.lags[last] = lag;
        this.depths[last] = depth;
      } else {
        this.lags[this.count] = lag;
        this.depths[this.count] = depth;
        this.probabilities[this.count++] = pitched * share;
      }
    }
  }

  clear(): void {
    this.count = 0;
  }
}

/**
 * d' as it would be if every lag had as many samples to sum. It has n - lag of n, so that d' of noise falls from 1 to
 * (n - lag) / (n - lag / 2): a multiple of the period would seem to fit better than the period.
 */
function depthAt(normalised: Float32Array, lag: number, window: number): number {
  return (normalised[lag] * (window - lag / 2)) / (window - lag);
}

function isDip(normalised: Float32Array, lag: number): boolean {
  const depth = normalised[lag];
  return depth < 1 && depth < normalised[lag - 1] && depth <= normalised[lag + 1];
}

/** The share of thresholds below `x`: the distribution function of beta(2, b) with this mean. */
function betaBelow(x: number, mean: number): number {
  const b = 2 / mean - 2;
  return x >= 1 ? 1 : 1 - (1 - x) ** b * (1 + b * x);
}
