/** Facts about the data for reports. */

import type { Articulation } from '../../model/model';
import type { Dataset } from '../data/dataset';

type Fact = readonly [name: string, value: string];

export function dataFacts({
  summary,
  slices,
  statistics,
  articulation,
}: Pick<Dataset, 'summary' | 'slices' | 'statistics' | 'articulation'>): Fact[] {
  const percentiles = (values: readonly number[], digits: number) =>
    values.map((value) => value.toFixed(digits)).join(' / ');
  const { recordings, refused, seconds, secondsSilent, voicedShare } = summary;
  return [
    ['recordings', `${recordings.length}, ${(seconds / 60).toFixed(1)} minutes`],
    ['slices', `${slices.length} kept, ${secondsSilent.toFixed(0)} s silent`],
    ['voiced', `${Math.round(100 * voicedShare)}% of the frames`],
    ['pitch', `${percentiles(statistics.f0, 0)} Hz (5th, 50th, 95th percentile)`],
    ['loudness', `${percentiles(statistics.loudness, 1)} dB (5th, 50th, 95th percentile)`],
    ['articulation', articulationFact(articulation)],
    ...summary.warnings.map((warning): Fact => ['warning', warning]),
    ...refused.map(({ name, reason }): Fact => ['refused', `${name}: ${reason}`]),
  ];
}

/** Describes how played notes will sound. */
export function articulationFact(articulation: Articulation | undefined): string {
  if (!articulation)
    return 'too few notes in the recordings to learn one: notes are played with plain curves';
  const { attacks, legato, vibrato } = articulation;
  const ms = (seconds: number) => `${Math.round(1000 * seconds)} ms`;
  const shake =
    vibrato.depth > 0 ? `vibrato ${vibrato.rate} Hz, ${vibrato.depth} cents` : 'hardly any vibrato';
  return `${attacks.length} attacks, legato in ${ms(legato.glide)}, ${shake}`;
}
