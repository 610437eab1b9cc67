/** The summary of a dataset. */

import type { FeatureSettings } from './database';

/** A usable recording; without slices it is silent throughout. */
export interface RecordingSummary {
  readonly name: string;
  /** Hz, as found */
  readonly sampleRate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly slices: number;
  readonly silentSlices: number;
  /** share of the kept frames that have a pitch, 0..1 */
  readonly voicedShare: number;
  /** Hz: 5th, 50th and 95th percentile of the kept frames; null if no frame has a pitch */
  readonly pitch: readonly [number, number, number] | null;
  /** remarks for the user */
  readonly notes: readonly string[];
  /** what was computed; the rest came from the database */
  readonly made: 'nothing' | 'features' | 'everything';
}

export interface DatasetSummary {
  readonly recordings: readonly RecordingSummary[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** recordings that were in the database already already */
  readonly reused: number;
  /** recordings that were in it, but had to be re-analysed with the current settings */
  readonly analysedAnew: number;
  /** of all recordings that could be read */
  readonly seconds: number;
  /** in slices; those that overlap count twice */
  readonly secondsKept: number;
  /** in silent slices */
  readonly secondsSilent: number;
  /** share of the kept frames that have a pitch, 0..1 */
  readonly voicedShare: number;
  /** reasons why training may fail, with figures and remedies */
  readonly warnings: readonly string[];
}

/** A smaller share of pitched frames is reported, because the model is driven by pitch. */
export const SELDOM_PITCHED = 0.3;

const PITCHED_SOUND = 'record single notes and melodies of one instrument, without accompaniment or drums';

export function seldomPitched(voicedShare: number): string {
  return `only ${percent(voicedShare)} of its frames have a pitch: ${PITCHED_SOUND}`;
}

export function warnings(
  recordings: readonly RecordingSummary[],
  voicedShare: number,
  { analysis }: Pick<FeatureSettings, 'analysis'>,
): string[] {
  if (voicedShare >= SELDOM_PITCHED) return [];
  return [
    `only ${percent(voicedShare)} of the frames of ${count(recordings.length)} have a pitch between ` +
      `${analysis.pitchMin} and ${analysis.pitchMax} Hz, so there is little to learn: ${PITCHED_SOUND}`,
  ];
}

/** Explains why no frame has a pitch. */
export function whyUnpitched(
  recordings: readonly RecordingSummary[],
  { analysis }: Pick<FeatureSettings, 'analysis'>,
): string {
  const range = `${analysis.pitchMin} and ${analysis.pitchMax} Hz`;
  return list(
    `nothing to train on: no frame of ${count(recordings.length)} has a pitch between ${range}`,
    recordings.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
  );
}

/** Explains why there is nothing to train on. */
export function whyEmpty(
  refused: DatasetSummary['refused'],
  recordings: readonly RecordingSummary[],
  silence: number,
): string {
  if (refused.length + recordings.length === 0)
    return 'there are no recordings to train on: add WAV, FLAC, MP3, Ogg or Opus files';
  const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`);
  if (recordings.length > 0)
    reasons.unshift(
      `${count(recordings.length)} ${recordings.length === 1 ? 'is' : 'are'} silent throughout (below ${silence} dB): record louder, or lower data.silence`,
      ...recordings.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
    );
  return list('nothing to train on', reasons);
}

const MOST_REASONS = 5;

function list(what: string, reasons: readonly string[]): string {
  const shown = reasons.slice(0, MOST_REASONS);
  if (reasons.length > MOST_REASONS) shown.push(`${reasons.length - MOST_REASONS} more`);
  return `${what}: ${shown.join(' | ')}`;
}

function count(recordings: number): string {
  return recordings === 1 ? '1 recording' : `${recordings} recordings`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)}%`;
}
