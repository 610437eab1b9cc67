/** Facts about the data for reports. */

import type { Dataset } from '../data/dataset';

type Fact = readonly [name: string, value: string];

export function dataFacts({
  summary,
  slices,
  statistics,
}: Pick<Dataset, 'summary' | 'slices' | 'statistics'>): Fact[] {
  const percentiles = (values: readonly number[], digits: number) =>
    values.map((value) => value.toFixed(digits)).join(' / ');
  const { recordings, refused, seconds, secondsSilent, voicedShare } = summary;
  return [
    ['recordings', `${recordings.length}, ${(seconds / 60).toFixed(1)} minutes`],
    ['slices', `${slices.length} kept, ${secondsSilent.toFixed(0)} s silent`],
    ['voiced', `${Math.round(100 * voicedShare)}% of the frames`],
    ['pitch', `${percentiles(statistics.f0, 0)} Hz (5th, 50th, 95th percentile)`],
    ['loudness', `${percentiles(statistics.loudness, 1)} dB (5th, 50th, 95th percentile)`],
    ...summary.warnings.map((warning): Fact => ['warning', warning]),
    ...refused.map(({ name, reason }): Fact => ['refused', `${name}: ${reason}`]),
  ];
}
