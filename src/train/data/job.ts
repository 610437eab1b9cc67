/** What is to be made of a recording, and what became of it. */

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
  /** null: only what the database has of it */
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
      /** what had to be done */
      readonly made: 'nothing' | 'features' | 'everything';
    }
  | ({
      readonly kind: 'refused';
      /** null: it could not even be read */
      readonly hash: string | null;
    } & RefusalRecord);

/** @returns what the store says of a content; null when something is still to be done */
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
