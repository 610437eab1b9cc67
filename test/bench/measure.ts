/** Repeated, warmed measurements. */

export interface Measured {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Of at least one value. */
export function summarise(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], runs: sorted.length };
}

/**
 * Seconds that `work` takes. Warm-up runs come first: V8 compiles WASM twice, the fast code last.
 * @param before what has to be done before each run, not measured
 */
export function time(work: () => void, { runs = 9, warm = 3, before = () => {} } = {}): Measured {
  const seconds: number[] = [];
  for (let i = 0; i < warm + runs; i++) {
    before();
    const started = performance.now();
    work();
    if (i >= warm) seconds.push((performance.now() - started) / 1000);
  }
  return summarise(seconds);
}

export function scale(measured: Measured, factor: number): Measured {
  const { median, min, max, runs } = measured;
  return { median: median * factor, min: min * factor, max: max * factor, runs };
}

/** A copy of a report with the median alone in place of every measurement. */
export function medians(report: unknown): unknown {
  if (Array.isArray(report)) return report.map(medians);
  if (typeof report !== 'object' || report === null) return report;
  if ('median' in report) return report.median;
  return Object.fromEntries(Object.entries(report).map(([key, value]) => [key, medians(value)]));
}
