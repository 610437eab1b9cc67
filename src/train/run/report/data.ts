/** The data of a report, embedded in the page as JSON. */

import type { FigureName } from '../../learn/metrics/figures';
import type { Yardsticks } from '../../learn/metrics/yardsticks';
import type { Validation } from '../../learn/training-progress';
import type { StepLine } from '../metrics-log';

export type RunState = 'training' | 'finished' | 'stopped' | 'failed';

/** A sound and its spectrogram, as data: URLs. */
export interface Media {
  readonly sound: string;
  readonly picture: string;
}

export interface ReportClip {
  readonly title: string;
  readonly seconds: number;
  readonly original: Media;
  /** null before the first reconstruction */
  readonly reconstruction: Media | null;
}

/** Thinned training curves: element i of each array belongs to the same step. */
export interface StepCurves {
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly learningRate: readonly number[];
  readonly gradientNorm: readonly number[];
}

export interface ReportData {
  readonly title: string;
  readonly state: RunState;
  /** why training ended, or how to resume; may be empty */
  readonly note: string;
  /** milliseconds since 1970 */
  readonly written: number;
  readonly step: number;
  readonly steps: number;
  /** null when unknown or finished */
  readonly secondsLeft: number | null;
  readonly chosenBy: FigureName;
  readonly best: Validation | null;
  readonly training: StepCurves;
  readonly validations: readonly Validation[];
  readonly clips: readonly ReportClip[];
  /** step of the reconstructions */
  readonly heardAt: number;
  /** of the reconstructions */
  readonly yardsticks: Yardsticks;
  /** Hz at the lower and upper edge of the pictures */
  readonly pictureRange: readonly [low: number, high: number];
  /** facts about the data, as name and value */
  readonly data: readonly (readonly [name: string, value: string])[];
  /** YAML */
  readonly config: string;
}

const MOST_POINTS = 500;

/** Means over groups with the same number of steps. Each mean is placed at the last step of its group. */
export function thinOut(lines: readonly StepLine[]): StepCurves {
  const size = Math.max(1, Math.ceil(lines.length / MOST_POINTS));
  const groups = Array.from({ length: Math.ceil(lines.length / size) }, (_, i) =>
    lines.slice(i * size, (i + 1) * size),
  );
  const means = (name: 'loss' | 'learningRate' | 'gradientNorm') =>
    groups.map((group) => {
      const mean = group.reduce((sum, line) => sum + line[name], 0) / group.length;
      return Number(mean.toPrecision(5));
    });
  return {
    step: groups.map((group) => group[group.length - 1].step),
    loss: means('loss'),
    learningRate: means('learningRate'),
    gradientNorm: means('gradientNorm'),
  };
}
