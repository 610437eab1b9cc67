/**
 * Finds the dips of a frame's difference function that may be the period, with their probabilities.
 *
 * The method follows pYIN (Mauch and Dixon 2014). YIN takes the first dip below its threshold. pYIN uses a distribution
 * of thresholds. The probability of a dip is the probability of the thresholds that would choose it. Here this is done
 * twice. First, the depth of the lowest dip gives the probability that there is a pitch at all. Second, thresholds
 * above the lowest dip choose between the dips. pYIN has a single threshold. With it, noisy tones are often tracked an
 * octave too low, and tones with strong even harmonics an octave too high (figures in docs/research/pitch.md).
 */

/** Mean of the threshold that decides whether there is a pitch. */
const PITCHED = 0.15;
/**
 * Lower limit of the mean threshold above the lowest dip. In noise the mean threshold is the distance from the lowest
 * dip to the bound of the live tracker, which takes the first dip below that bound. RELATIVE is a little less than that
 * of src/kernels/analysis/dips.ts. In noise a multiple of the period is often lower by chance, because it has fewer
 * samples to compare.
 */
const ABOVE_LOWEST = 0.08;
const RELATIVE = 0.7;
/** Probability of a pitch when no threshold is high enough. */
const LAST_RESORT = 0.01;
/** Dips up to this far above the lowest one are kept, because a path may need them. */
const KEPT = 0.25;
/** Dips within a semitone are one dip with ripples of noise. */
const BESIDE = 0.06;
/** Maximum number of dips per frame. */
export const MOST_DIPS = 16;

/** The dips of one frame. */
export class Dips {
  count = 0;
  /** lags in samples, ascending */
  readonly lags = new Int32Array(MOST_DIPS);
  /** d' at these lags, corrected as if every lag had the same number of samples to sum */
  readonly depths = new Float64Array(MOST_DIPS);
  /** probability of each dip; their sum is the probability of a pitch */
  readonly probabilities = new Float64Array(MOST_DIPS);

  /**
   * @param normalised d' from lag 0 to `longest`; both ends of the range are included
   * @param window number of samples that d' was computed from
   */
  find(normalised: Float32Array, shortest: number, longest: number, window: number): void {
    let lowest = 1;
    for (let lag = shortest; lag < longest; lag++) {
      if (isDip(normalised, lag)) lowest = Math.min(lowest, depthAt(normalised, lag, window));
    }
    const pitched = 1 - (1 - LAST_RESORT) * betaBelow(lowest, PITCHED);
    const margin = Math.max(RELATIVE * Math.sqrt(lowest) - lowest, ABOVE_LOWEST);
    const limit = Math.min(lowest + Math.max(KEPT, 2 * margin), 1);
    // higher thresholds choose an earlier dip
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
 * d' corrected as if every lag had the same number of samples to sum. A lag has only n - lag of n samples. So d' of
 * noise falls from 1 to (n - lag) / (n - lag / 2), and a multiple of the period would seem to fit better than the
 * period.
 */
function depthAt(normalised: Float32Array, lag: number, window: number): number {
  return (normalised[lag] * (window - lag / 2)) / (window - lag);
}

function isDip(normalised: Float32Array, lag: number): boolean {
  const depth = normalised[lag];
  return depth < 1 && depth < normalised[lag - 1] && depth <= normalised[lag + 1];
}

/** The share of thresholds below `x`: the cumulative distribution function of beta(2, b) with this mean. */
function betaBelow(x: number, mean: number): number {
  const b = 2 / mean - 2;
  return x >= 1 ? 1 : 1 - (1 - x) ** b * (1 + b * x);
}
