/** What a caller says of a file that the file does not say. */

import { OptionError } from '../../errors';
import type { About, Statistics } from '../model';

/** What a file does not hold is taken from here; what is absent here too is estimated or has a default. */
export interface ImportOptions extends Partial<About> {
  /** the name of the file: the model is called after it where nothing else names it */
  readonly fileName?: string;
  /** frames a second, where the file holds none; default 50 */
  readonly frameRate?: number;
  /** samples at the model's rate that are analysed for a frame, an even number; default: as it was trained */
  readonly window?: number;
  /** Hz; the range of pitch that is looked for when the model listens */
  readonly pitchMin?: number;
  readonly pitchMax?: number;
  /** of the data that the model was trained on; default: estimated from the decoder */
  readonly statistics?: Partial<Statistics>;
  /** the text of `config.yaml`, which ddsp_pytorch writes beside `state.pth` */
  readonly config?: string;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
  /** told what was estimated or differs from the original, a sentence each */
  readonly onNote?: (note: string) => void;
}

const KNOWN: Readonly<Record<keyof ImportOptions, true>> = {
  name: true,
  authors: true,
  description: true,
  licence: true,
  credits: true,
  trainedOn: true,
  fileName: true,
  frameRate: true,
  window: true,
  pitchMin: true,
  pitchMax: true,
  statistics: true,
  config: true,
  signal: true,
  onNote: true,
};

/** @throws OptionError naming the option */
export function checkOptions(options: ImportOptions): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN, name))
      throw new OptionError(name, 'unknown', { remedy: `the options are ${Object.keys(KNOWN).join(', ')}` });
  }
  const { frameRate, window, pitchMin, pitchMax, statistics = {} } = options;
  checkNumber('frameRate', frameRate, 10, 1000);
  checkNumber('window', window, 64, 16_384);
  if (window !== undefined && window % 2 !== 0)
    throw new OptionError('window', `expected an even number, found ${window}`);
  checkNumber('pitchMin', pitchMin, 10, 20_000);
  checkNumber('pitchMax', pitchMax, 10, 20_000);
  checkPercentiles('statistics.f0', statistics.f0, 1, 96_000);
  checkPercentiles('statistics.loudness', statistics.loudness, -80, 200);
}

function checkNumber(name: string, value: number | undefined, low: number, high: number): void {
  if (value !== undefined && !(value >= low && value <= high))
    throw new OptionError(name, `expected a number from ${low} to ${high}, found ${value}`);
}

/** Three ascending numbers within a range. */
export function isPercentiles(value: unknown, low: number, high: number): value is [number, number, number] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((number, i) => number >= (i > 0 ? value[i - 1] : low) && number <= high)
  );
}

function checkPercentiles(
  name: string,
  values: readonly number[] | undefined,
  low: number,
  high: number,
): void {
  if (values !== undefined && !isPercentiles(values, low, high))
    throw new OptionError(
      name,
      `expected three ascending numbers from ${low} to ${high} (5th, 50th and 95th percentiles), found ${values.join(', ')}`,
    );
}
