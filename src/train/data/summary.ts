/** What became of the recordings. */

/** Of one that can be used; without slices it is silent throughout. */
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
  /** Hz: 5th, 50th and 95th percentile of the kept frames; null where nothing has a pitch */
  readonly pitch: readonly [number, number, number] | null;
  /** what a person should know of it */
  readonly notes: readonly string[];
  /** what had to be done; the database had the rest */
  readonly made: 'nothing' | 'features' | 'everything';
}

export interface DatasetSummary {
  readonly recordings: readonly RecordingSummary[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** recordings that were in the database */
  readonly reused: number;
  /** recordings that were in it, but were analysed with other settings */
  readonly analysedAnew: number;
  /** of all recordings that could be read */
  readonly seconds: number;
  /** in slices; those that overlap count twice */
  readonly secondsKept: number;
  /** in silent slices */
  readonly secondsSilent: number;
  /** share of the kept frames that have a pitch, 0..1 */
  readonly voicedShare: number;
}

/** Why there is nothing to train on. */
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
      `${recordings.length} recordings are silent throughout (below ${silence} dB): record louder, or lower the threshold`,
    );
  return `nothing to train on: ${reasons.slice(0, 5).join(' | ')}${reasons.length > 5 ? ' | ...' : ''}`;
}
