/** Converts the progress of projects in the first format, which was one record, into the files of a run. */

import { FIGURE_NAMES } from '../train/learn/metrics/figures';
import { type MetricsLine, type StepLine, type ValidationLine, writeLine } from '../train/run/metrics-log';
import { RUN_FILES } from '../train/run/store';
import { type LossCurves, unsmoothed } from './loss-curves';

export interface FirstProgress {
  /** of the project */
  readonly id: string;
  readonly checkpoint: Uint8Array;
  readonly curves: LossCurves;
  /** the best model file */
  readonly best: Uint8Array | null;
}

/** @returns names and contents of the files */
export function filesOf({ checkpoint, curves, best }: FirstProgress): [name: string, content: Uint8Array][] {
  const log = linesOf(curves).map(writeLine).join('');
  return [
    [RUN_FILES.metrics, new TextEncoder().encode(log)],
    ...(best ? ([[RUN_FILES.model, best]] as [string, Uint8Array][]) : []),
    [RUN_FILES.last, checkpoint],
  ];
}

/** The log of a run with these curves. Values that the curves do not contain are NaN or null. */
function linesOf({ training, validation }: LossCurves): MetricsLine[] {
  const unknown = Number.NaN;
  const steps = unsmoothed(training).map(
    ({ step, loss }): StepLine => ({
      ...{ type: 'step', step, time: unknown, loss },
      ...{ learningRate: unknown, gradientNorm: unknown, secondsPerExample: unknown },
    }),
  );
  const figures = Object.fromEntries(FIGURE_NAMES.map((name) => [name, null]));
  const validations: MetricsLine[] = [];
  for (let i = 0; i < validation.length; i += 3) {
    const [step, loss, logSpectralDistance] = validation.slice(i, i + 3);
    const line = { type: 'validation', step, time: unknown, ...figures, loss, logSpectralDistance };
    validations.push(line as unknown as ValidationLine);
  }
  return [...steps, ...validations].sort((a, b) => a.step - b.step);
}
