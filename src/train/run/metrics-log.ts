/**
 * `metrics.jsonl`: one JSON object per line, one line per step or validation, in order.
 *
 *   {"type":"step","step":12,"time":1763830000.1,"loss":3.2,"learningRate":0.001,"gradientNorm":1.9,"secondsPerExample":0.012}
 *   {"type":"validation","step":250,"time":1763830063.5,"loss":1.9,"logSpectralDistance":8.4, ...,
 *    "yardsticks":{"envelopeMotion":{"value":1.8,"recording":3.3}, ...}}
 *
 * Times are seconds since 1970. A figure that is not finite is null.
 */

import type { Figures } from '../learn/metrics/figures';
import type { Yardsticks } from '../learn/metrics/yardsticks';

export interface StepLine {
  readonly type: 'step';
  /** steps done */
  readonly step: number;
  readonly time: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly secondsPerExample: number;
}

export type ValidationLine = {
  readonly type: 'validation';
  readonly step: number;
  readonly time: number;
  readonly yardsticks?: Yardsticks;
} & {
  readonly [Name in keyof Figures]: number | null;
};

export type MetricsLine = StepLine | ValidationLine;

/** The result includes the line break. */
export function writeLine(line: MetricsLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * The lines up to step `last`, for a run that resumes from a checkpoint of that step. Incomplete and invalid
 * lines, left by a killed process, are skipped.
 */
export function readLines(text: string, last = Number.POSITIVE_INFINITY): MetricsLine[] {
  // text after the last line break is an incomplete line
  const whole = text.split('\n').slice(0, -1);
  return whole.flatMap((row) => {
    const line = parse(row);
    return line && line.step <= last ? [line] : [];
  });
}

function parse(row: string): MetricsLine | null {
  try {
    const line = JSON.parse(row);
    const known = line?.type === 'step' || line?.type === 'validation';
    return known && Number.isSafeInteger(line.step) ? line : null;
  } catch {
    return null;
  }
}
