/**
 * What a store holds of recordings, and under which keys.
 *
 *   format                          what it is, and the version of this layout
 *   source/<hash of its name>       a recording of the last call: name, size, time, hash of its content
 *   audio/<content>/<rate>          decoded, mixed and resampled: how it was found, how long it is
 *   audio/<content>/<rate>/<n>        its samples, AUDIO_CHUNK at a time
 *   features/<content>/<settings>   analysed: with which settings, how many frames
 *   features/<content>/<settings>/<n> its frames, FRAME_CHUNK at a time: f0, held f0, confidence, loudness,
 *                                   and the inputs that are measured besides
 *   refused/<content>/<rate>        why it cannot be used
 *
 * Every value ends in a checksum of what is before it: damage is found when a value is read.
 *
 * Keys name content and settings, so what is there never changes and never goes stale: another setting or
 * another file means other keys. The record of a stage is written after its chunks; without it they do not
 * count, whatever has happened meanwhile. Slices are not stored: they are stretches of a recording, found
 * again whenever a dataset is opened.
 */

import { textHash } from '../../audio/content-hash';
import type { AnalysisConfig } from '../../model/model';
import { CHECKSUM_BYTES, seal, unseal } from '../../platform/checksum';
import { DatabaseError, type DataStore, type Entry, type StoreReader } from '../../platform/stores/store';
import { furtherInputs } from './inputs';
import { LIVE_PITCH, type PitchSettings } from './pitch/settings';
import type { OutOfRange } from './range-check';

const FORMAT = 'ddsp-database';
export const DATABASE_VERSION = 2;
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
  /** the decoder's inputs; default `f0`, `loudness` */
  readonly inputs?: readonly string[];
}

/** These alone, out of an object that has more. */
export function featureSettings({
  sampleRate,
  frameRate,
  analysis,
  pitch = LIVE_PITCH,
  inputs,
}: FeatureSettings): FeatureSettings {
  const further = furtherInputs(inputs);
  const settings = { sampleRate, frameRate, analysis, pitch };
  return further.length > 0 ? { ...settings, inputs: further } : settings;
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
  /** null: nothing worth telling */
  readonly outOfRange: OutOfRange | null;
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
  return [key, seal(new TextEncoder().encode(JSON.stringify(value)))];
}

/** @throws DatabaseError when it is damaged */
export async function readRecord<T>(store: StoreReader, key: string): Promise<T | undefined> {
  const sealed = await store.get(key);
  if (!sealed) return undefined;
  const bytes = unseal(sealed);
  if (!bytes) throw await damaged(store, key);
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

async function damaged(store: StoreReader, key: string): Promise<DatabaseError> {
  // of a store on another thread it is a promise
  const remedy = 'delete it and preprocess again; check the disk if this happens twice';
  return new DatabaseError(
    `${await store.place}: the database is damaged at ${key}`,
    { remedy },
    'database-damaged',
  );
}

/**
 * Makes an empty store a database.
 * @throws DatabaseError when it is of another version, or something else
 */
export async function checkFormat(store: DataStore): Promise<void> {
  const sealed = await store.get(FORMAT_KEY);
  if (!sealed) {
    if ((await store.keys('')).length > 0)
      throw new DatabaseError(`${store.place}: this is no database of recordings; choose another place`);
    await store.put([record(FORMAT_KEY, { format: FORMAT, version: DATABASE_VERSION })]);
    return;
  }
  const { format, version } = readFormat(unseal(sealed) ?? sealed);
  if (format === FORMAT && version === DATABASE_VERSION) return;
  if (format !== FORMAT) throw await damaged(store, FORMAT_KEY);
  throw new DatabaseError(
    `${store.place}: a database of version ${version}; this library uses version ${DATABASE_VERSION}`,
    { remedy: 'delete it, or choose another place' },
    'database-damaged',
  );
}

/** Version 1 had no checksums. */
function readFormat(bytes: Uint8Array): { format?: unknown; version?: unknown } {
  try {
    return { ...JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return {};
  }
}

/** Chunks that were found whole: each thread looks at each of them once. */
const checked = new WeakMap<StoreReader, Set<string>>();

/** @throws DatabaseError when a chunk is missing (it was removed since), or damaged */
export async function readChunk(store: StoreReader, key: string, index: number): Promise<Float32Array> {
  const at = chunkKey(key, index);
  const sealed = await store.get(at);
  if (!sealed)
    throw new DatabaseError(`the database has lost ${at}: it was removed while in use; preprocess again`);
  const whole = checked.get(store) ?? new Set();
  checked.set(store, whole);
  if (!whole.has(at) && !unseal(sealed)) throw await damaged(store, at);
  whole.add(at);
  return new Float32Array(sealed.buffer, sealed.byteOffset, (sealed.byteLength - CHECKSUM_BYTES) >> 2);
}

/** @returns the value of a chunk */
export function sealFloats({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return seal(new Uint8Array(buffer, byteOffset, byteLength));
}
