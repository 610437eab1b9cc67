/**
 * What a store holds of recordings, and under which keys.
 *
 *   format                          what it is, and the version of this layout
 *   source/<hash of its name>       a recording of the last call: name, size, time, hash of its content
 *   audio/<content>/<rate>          decoded, mixed and resampled: how it was found, how long it is
 *   audio/<content>/<rate>/<n>        its samples, AUDIO_CHUNK at a time
 *   features/<content>/<settings>   analysed: with which settings, how many frames
 *   features/<content>/<settings>/<n> its frames, FRAME_CHUNK at a time: f0, held f0, confidence, loudness
 *   refused/<content>/<rate>        why it cannot be used
 *
 * Keys name content and settings, so what is there never changes and never goes stale: another setting or
 * another file means other keys. The record of a stage is written after its chunks; without it they do not
 * count, whatever has happened meanwhile. Slices are not stored: they are stretches of a recording, found
 * again whenever a dataset is opened.
 */

import { textHash } from '../../audio/content-hash';
import type { AnalysisConfig } from '../../model/model';
import { DatabaseError, type DataStore, type Entry, type StoreReader } from '../../platform/stores/store';
import { LIVE_PITCH, type PitchSettings } from './pitch/settings';

const FORMAT = 'ddsp-database';
export const DATABASE_VERSION = 1;
/** Counts up when decoding, mixing or resampling gives other samples. */
const AUDIO_VERSION = 1;
/** Counts up when the analysis gives other frames; a test compares known ones. */
export const FEATURES_VERSION = 1;

/** Samples of a chunk: more than a second at any rate, little to read too much of for a slice. */
export const AUDIO_CHUNK = 2 ** 16;
export const FRAME_CHUNK = 2 ** 11;

/** What features depend on beside the audio. */
export interface FeatureSettings {
  /** Hz, of the model */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  /** default: what is heard live */
  readonly pitch?: PitchSettings;
}

/** These alone, out of an object that has more. */
export function featureSettings({
  sampleRate,
  frameRate,
  analysis,
  pitch = LIVE_PITCH,
}: FeatureSettings): FeatureSettings {
  return { sampleRate, frameRate, analysis, pitch };
}

export interface SourceRecord {
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** changes whenever the content may have; null: unknown */
  readonly stamp: string | null;
  readonly content: string;
}

export interface AudioRecord {
  /** Hz, as found */
  readonly sampleRate: number;
  readonly channels: number;
  /** at the model's rate */
  readonly samples: number;
  /** worth knowing, though it can be used */
  readonly notes: readonly string[];
}

export interface FeaturesRecord {
  readonly settings: FeatureSettings;
  readonly frames: number;
}

export interface RefusalRecord {
  readonly problem: string;
  readonly remedy: string;
}

export const FORMAT_KEY = 'format';
export const SOURCES = 'source/';

export const audioKey = (content: string, sampleRate: number): string =>
  `audio/${content}/${sampleRate}.${AUDIO_VERSION}`;

export const refusalKey = (content: string, sampleRate: number): string =>
  `refused/${content}/${sampleRate}.${AUDIO_VERSION}`;

/** @returns where the features of a content with these settings are */
export async function featuresKeys(settings: FeatureSettings): Promise<(content: string) => string> {
  const hash = await textHash(canonical({ ...featureSettings(settings), version: FEATURES_VERSION }));
  return (content) => `features/${content}/${hash.slice(0, 16)}`;
}

export const sourceKey = async (name: string): Promise<string> => SOURCES + (await textHash(name));

export const chunkKey = (key: string, index: number): string => `${key}/${String(index).padStart(6, '0')}`;

/** JSON that does not depend on the order in which an object was made. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function record(key: string, value: object): Entry {
  return [key, new TextEncoder().encode(JSON.stringify(value))];
}

/** @throws DatabaseError when what is there is damaged */
export async function readRecord<T>(store: StoreReader, key: string): Promise<T | undefined> {
  const bytes = await store.get(key);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    throw new DatabaseError(`the database is damaged at ${key}: delete it, or choose another`, { cause });
  }
}

/**
 * Makes an empty store a database.
 * @throws DatabaseError when it is of another version, or something else
 */
export async function checkFormat(store: DataStore): Promise<void> {
  const found = await readRecord<{ format?: unknown; version?: unknown }>(store, FORMAT_KEY);
  const otherwise = 'delete it, or choose another place';
  if (!found) {
    if ((await store.keys('')).length > 0)
      throw new DatabaseError(`${store.place}: this is no database of recordings; choose another place`);
    await store.put([record(FORMAT_KEY, { format: FORMAT, version: DATABASE_VERSION })]);
  } else if (found.format !== FORMAT || found.version !== DATABASE_VERSION) {
    throw new DatabaseError(
      `${store.place}: a database of version ${found.version}, this library makes version ${DATABASE_VERSION}: ${otherwise}`,
    );
  }
}

/** @throws DatabaseError when a chunk is missing: someone has removed it since */
export async function readChunk(store: StoreReader, key: string, index: number): Promise<Float32Array> {
  const bytes = await store.get(chunkKey(key, index));
  if (!bytes)
    throw new DatabaseError(
      `the database has lost ${chunkKey(key, index)}: it was removed while in use; preprocess again`,
    );
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}

export function floatBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
