/** A recording to preprocess, and the outcome. */

import type { StoreReader } from '../../platform/stores/store';
import {
  audioKey,
  type FeatureSettings,
  featuresKeys,
  type RefusalRecord,
  readRecord,
  refusalKey,
} from './database';
import type { PitchNetworkFile } from './pitch/neural/network';
import type { AudioContent } from './source';

export interface RecordingJob {
  readonly name: string;
  /** null: use only what the database contains */
  readonly content: AudioContent | null;
  /** see `contentStamp`; null: unknown */
  readonly stamp: string | null;
  /** hash of the content, if it is known already */
  readonly hash: string | null;
  readonly settings: FeatureSettings;
  /** where `settings.pitch.tracker` is `neural` */
  readonly network?: PitchNetworkFile;
}

export type RecordingOutcome =
  | {
      readonly kind: 'ready';
      readonly hash: string;
      /** what was computed */
      readonly made: 'nothing' | 'features' | 'everything';
    }
  | ({
      readonly kind: 'refused';
      /** null: the file could not be read */
      readonly hash: string | null;
    } & RefusalRecord);

/** @returns the stored outcome of a content; null when it is incomplete */
export async function findRecording(
  store: StoreReader,
  hash: string,
  settings: FeatureSettings,
): Promise<RecordingOutcome | null> {
  const refusal = await readRecord<RefusalRecord>(store, refusalKey(hash, settings.sampleRate));
  if (refusal) return { kind: 'refused', hash, ...refusal };
  const audio = await store.get(audioKey(hash, settings.sampleRate));
  const features = await store.get((await featuresKeys(settings))(hash));
  return audio && features ? { kind: 'ready', hash, made: 'nothing' } : null;
}
