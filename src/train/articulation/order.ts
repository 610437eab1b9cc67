/** Medians, which a few wrong measurements do not move. */

/** NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between the two nearest values; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - below);
}

/** The standard deviation of normal values that have this median distance from 0. */
export function deviation(differences: readonly number[]): number {
  return 1.4826 * median(differences.map(Math.abs));
}

/**
 * The median of many curves at each point, as far as enough of them reach.
 * @param curves NaN where a curve has no value
 * @param least curves that must have a value
 */
export function medianCurve(curves: readonly (readonly number[])[], least: number): number[] {
  const longest = Math.max(0, ...curves.map(({ length }) => length));
  const middle: number[] = [];
  for (let i = 0; i < longest; i++) {
    const values = curves.map((curve) => curve[i]).filter((value) => Number.isFinite(value));
    if (values.length < least) break;
    middle.push(median(values));
  }
  return middle;
}
