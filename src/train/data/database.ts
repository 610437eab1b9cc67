/**
 * The layout of the database of recordings.
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
 * Every value ends with a checksum, so damage is detected when it is read.
 *
 * Keys are hashes of content and settings, so entries never need invalidating. The record of a stage is
 * written after its chunks; chunks without a record are ignored. Slices are computed when a dataset is opened,
 * not stored.
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
/** Increase when decoding, mixing or resampling changes the samples. */
const AUDIO_VERSION = 1;
/** Increase when the analysis changes its frames; a test compares known frames. */
export const FEATURES_VERSION = 1;

/** Samples per chunk: small enough that reading one slice wastes little. */
export const AUDIO_CHUNK = 2 ** 16;
export const FRAME_CHUNK = 2 ** 11;

/** The settings that features depend on. */
export interface FeatureSettings {
  /** Hz, of the model */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  /** default: as in live playing */
  readonly pitch?: PitchSettings;
  /** the decoder's inputs; default `f0`, `loudness` */
  readonly inputs?: readonly string[];
}

/** Picks these settings out of a larger object. */
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
  /** changes when the content may have changed; null: unknown */
  readonly stamp: string | null;
  readonly content: string;
}

export interface AudioRecord {
  /** Hz, of the file */
  readonly sampleRate: number;
  readonly channels: number;
  /** at the model's rate */
  readonly samples: number;
  /** remarks for the user */
  readonly notes: readonly string[];
}

export interface FeaturesRecord {
  readonly settings: FeatureSettings;
  readonly frames: number;
  /** null: no notes outside the range */
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

/** @returns a function from content hash to the key of its features */
export async function featuresKeys(settings: FeatureSettings): Promise<(content: string) => string> {
  const hash = await textHash(canonical({ ...featureSettings(settings), version: FEATURES_VERSION }));
  return (content) => `features/${content}/${hash.slice(0, 16)}`;
}

export const sourceKey = async (name: string): Promise<string> => SOURCES + (await textHash(name));

export const chunkKey = (key: string, index: number): string => `${key}/${String(index).padStart(6, '0')}`;

/** JSON with sorted keys. */
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
  // for a store on another thread this is a promise
  const remedy = 'delete it and preprocess again; check the disk if this happens twice';
  return new DatabaseError(
    `${await store.place}: the database is damaged at ${key}`,
    { remedy },
    'database-damaged',
  );
}

/**
 * Initialises an empty store and checks the version of an existing database.
 * @throws DatabaseError when it has another version or is not a database
 */
export async function checkFormat(store: DataStore): Promise<void> {
  const sealed = await store.get(FORMAT_KEY);
  if (!sealed) {
    if ((await store.keys('')).length > 0)
      throw new DatabaseError(`${store.place}: this is not a database of recordings; choose another place`);
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

/** Chunks whose checksum was correct. Each thread checks each chunk once. */
const checked = new WeakMap<StoreReader, Set<string>>();

/** @throws DatabaseError when the chunk was removed meanwhile, or is damaged */
export async function readChunk(store: StoreReader, key: string, index: number): Promise<Float32Array> {
  const at = chunkKey(key, index);
  const sealed = await store.get(at);
  if (!sealed)
    throw new DatabaseError(
      `the database no longer contains ${at}: it was removed while in use; preprocess again`,
    );
  const whole = checked.get(store) ?? new Set();
  checked.set(store, whole);
  if (!whole.has(at) && !unseal(sealed)) throw await damaged(store, at);
  whole.add(at);
  return new Float32Array(sealed.buffer, sealed.byteOffset, (sealed.byteLength - CHECKSUM_BYTES) >> 2);
}

/** @returns a chunk with its checksum */
export function sealFloats({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return seal(new Uint8Array(buffer, byteOffset, byteLength));
}
