/** What learned curves have in common. */

/** Seconds between two values of a curve. */
export const CURVE_STEP = 0.01;

/** To a tenth: what is finer is not learned, and would only make the file larger. */
export function rounded(value: number): number {
  return Math.round(10 * value) / 10 + 0;
}
