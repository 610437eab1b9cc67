/** Middles of measurements, which a few wrong ones do not move. */

import { median } from '../../dsp/quantile';

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
