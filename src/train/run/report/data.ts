/** What a report shows: plain data, written into the page as JSON. */

import type { FigureName } from '../../learn/metrics/figures';
import type { Validation } from '../../learn/training-progress';
import type { StepLine } from '../metrics-log';

export type RunState = 'training' | 'finished' | 'stopped' | 'failed';

/** A sound and its picture, as data: URLs. */
export interface Media {
  readonly sound: string;
  readonly picture: string;
}

export interface ReportClip {
  readonly title: string;
  readonly seconds: number;
  readonly original: Media;
  /** null until the model has been heard for the first time */
  readonly reconstruction: Media | null;
}

/** Training steps, thinned out: element i of each array belongs together. */
export interface StepCurves {
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly learningRate: readonly number[];
  readonly gradientNorm: readonly number[];
}

export interface ReportData {
  readonly title: string;
  readonly state: RunState;
  /** why it ended, or how to go on; empty for nothing to say */
  readonly note: string;
  /** milliseconds since 1970 */
  readonly written: number;
  readonly step: number;
  readonly steps: number;
  /** null where it is not known, or nothing is left */
  readonly secondsLeft: number | null;
  readonly chosenBy: FigureName;
  readonly best: Validation | null;
  readonly training: StepCurves;
  readonly validations: readonly Validation[];
  readonly clips: readonly ReportClip[];
  /** step of the reconstructions */
  readonly heardAt: number;
  /** Hz at the lower and upper edge of the pictures */
  readonly pictureRange: readonly [low: number, high: number];
  /** what is known of the data, as name and value */
  readonly data: readonly (readonly [name: string, value: string])[];
  /** as YAML */
  readonly config: string;
}

const MOST_POINTS = 500;

/** Means over equally many steps each, at the last of them. */
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
