/** What the tracker makes of a sound, with the settings that new models have. */

import { type AnalysisSettings, analyseSignal, type Track } from '../../../../src/analysis/track';
import { defaultConfig } from '../../../../src/train/config';
import type { Sound } from '../sounds';

const { sampleRate, frameRate, analysis } = defaultConfig.model;

export const DEFAULT_SETTINGS: AnalysisSettings = { sampleRate, frameRate, analysis };

export function hear({ audio, sampleRate: rate }: Sound, settings = DEFAULT_SETTINGS): Promise<Track> {
  return analyseSignal(audio, settings, { sampleRate: rate });
}

export const cents = (hz: number, of: number) => 1200 * Math.log2(hz / of);

/** Cents beyond which a pitch counts as another one: an octave error, not an intonation. */
export const LEAP = 600;

/** The share of values that are so, in per cent; NaN of none. */
export function percent<T>(values: Iterable<T>, is: (value: T) => boolean): number {
  let [count, all] = [0, 0];
  for (const value of values) {
    all++;
    if (is(value)) count++;
  }
  return (100 * count) / all;
}
