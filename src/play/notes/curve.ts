/** A curve with one value per `step` seconds. */

/** Value at `seconds`, linear between two values; outside the curve, its first or last value. */
export function curveAt(curve: readonly number[], step: number, seconds: number): number {
  const at = seconds / step;
  const last = curve.length - 1;
  if (!(at > 0)) return curve[0];
  if (at >= last) return curve[last];
  const whole = Math.floor(at);
  return curve[whole] + (at - whole) * (curve[whole + 1] - curve[whole]);
}
