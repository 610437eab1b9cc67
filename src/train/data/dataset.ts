/**
 * A dataset of training examples. Recordings are decoded, mixed to mono, resampled to the model's rate,
 * analysed as in live playing, stored in a database and cut into slices.
 *
 * The dataset holds the positions of the slices, not their sound. Training workers read the sound from the
 * database.
 */

import type { Track } from '../../analysis/track';
import { textHash } from '../../audio/content-hash';
import type { Articulation, Statistics } from '../../model/model';
import { memoryStore } from '../../platform/stores/memory';
import { DatabaseError, type DataStore } from '../../platform/stores/store';
import { ArticulationLearner } from '../articulation/learn';
import {
  type AudioRecord,
  audioKey,
  canonical,
  type FeatureSettings,
  type FeaturesRecord,
  featureSettings,
  featuresKeys,
  readRecord,
} from './database';
import { furtherInputs } from './inputs';
import { identifyNetwork } from './pitch/neural/identify';
import { type Prepared, type PreprocessOptions, preprocess, preprocessStored } from './preprocess';
import { describeOutOfRange, type OutOfRange } from './range-check';
import { readTrack, type Slice, type SliceIndex, SliceReader, type StoredRecording } from './slice-reader';
import { DEFAULT_SILENCE, isSilent, type SliceShape, sliceStarts } from './slices';
import { type AudioSource, DatasetError } from './source';
import { type SliceRef, type Split, splitSlices } from './split';
import { FrameStatistics } from './statistics';
import {
  type DatasetSummary,
  type RecordingSummary,
  SELDOM_PITCHED,
  seldomPitched,
  warnings,
  whyEmpty,
  whyUnpitched,
} from './summary';
import { uniqueNames } from './unique-names';

export interface DatasetOptions extends FeatureSettings, PreprocessOptions {
  /** default 1 */
  readonly sliceSeconds?: number;
  /** loudness in dB below which a frame is silent; default -40 */
  readonly silence?: number;
  /** the database; the caller opens and closes it; default: in memory */
  readonly store?: DataStore;
}

/** Frames read at a time when slices are computed. */
const FRAMES_AT_ONCE = 2 ** 15;

export class Dataset {
  /** H */
  readonly hop: number;
  /** T */
  readonly framesPerSlice: number;
  /** T * H */
  readonly samplesPerSlice: number;
  /** in the order of the recordings' names and of time */
  readonly slices: readonly SliceRef[];
  readonly #reader: SliceReader;

  private constructor(
    readonly sampleRate: number,
    readonly store: DataStore,
    /** the index by which threads find slices */
    readonly index: SliceIndex,
    /** statistics of the kept slices */
    readonly statistics: Statistics,
    /** how notes begin, end, connect and vibrate in the recordings; undefined: they have too few notes to tell */
    readonly articulation: Articulation | undefined,
    readonly summary: DatasetSummary,
    /** a hash (hexadecimal) of recordings, settings and slices */
    readonly fingerprint: string,
  ) {
    const { hop, frames, recordings, owners, starts } = index;
    this.hop = hop;
    this.framesPerSlice = frames;
    this.samplesPerSlice = frames * hop;
    this.slices = Array.from(owners, (owner, i) => ({
      index: i,
      source: recordings[owner].name,
      offset: starts[i] * hop,
    }));
    this.#reader = new SliceReader(store, index);
  }

  /**
   * Preprocesses the recordings that the database does not contain yet. Unusable recordings are listed in
   * `summary.refused`; the others are used. Slices with at least nine of ten frames silent are dropped. A
   * recording between half a slice and one slice long is padded with silence.
   * @throws DatasetError when there is nothing to train on, PitchNetworkError when a network cannot be used,
   * DatabaseError when the database fails, the signal's reason when aborted
   */
  static async fromFiles(sources: readonly AudioSource[], options: DatasetOptions): Promise<Dataset> {
    const { store = memoryStore() } = options;
    const settled = await identifyNetwork(options);
    const prepared = await preprocess(inOrder(sources), store, featureSettings(settled), settled);
    return Dataset.#of(prepared, store, settled);
  }

  /**
   * Opens the recordings of the last `fromFiles` call with this database, without their files. Other analysis
   * settings re-analyse the stored audio; another sample rate needs the files.
   * @throws DatasetError when there is nothing to train on, DatabaseError when the database fails
   */
  static async fromStore(options: DatasetOptions & { readonly store: DataStore }): Promise<Dataset> {
    const { store } = options;
    const settled = await identifyNetwork(options);
    return Dataset.#of(await preprocessStored(store, featureSettings(settled), settled), store, settled);
  }

  static async #of(
    prepared: readonly Prepared[],
    store: DataStore,
    options: DatasetOptions,
  ): Promise<Dataset> {
    const { sampleRate, frameRate, sliceSeconds = 1, silence = DEFAULT_SILENCE } = options;
    const hop = Math.round(sampleRate / frameRate);
    const shape = { hop, frames: Math.max(1, Math.round((sliceSeconds * sampleRate) / hop)), silence };
    const keyOfFeatures = await featuresKeys(options);
    const refused: { name: string; reason: string }[] = [];
    const found: FoundRecording[] = [];
    const names = new Map<string, string>();
    for (const { name, outcome } of prepared) {
      const twin = outcome.hash === null ? undefined : names.get(outcome.hash);
      if (outcome.kind === 'refused') {
        refused.push({ name, reason: `${outcome.problem}; ${outcome.remedy}` });
      } else if (twin !== undefined) {
        refused.push({ name, reason: `it is identical to ${twin}, which is used; remove one of them` });
      } else {
        names.set(outcome.hash, name);
        const audio = audioKey(outcome.hash, sampleRate);
        const features = keyOfFeatures(outcome.hash);
        const inputs = furtherInputs(options.inputs);
        const recording = await findSlices(store, { name, audio, features }, shape, inputs);
        if (recording) found.push({ ...recording, hash: outcome.hash, made: outcome.made });
        else refused.push({ name, reason: tooShort(shape, sampleRate) });
      }
    }
    return Dataset.#assemble(found, refused, shape, store, options);
  }

  static async #assemble(
    found: readonly FoundRecording[],
    refused: DatasetSummary['refused'],
    shape: SliceShape,
    store: DataStore,
    options: DatasetOptions,
  ): Promise<Dataset> {
    const { sampleRate } = options;
    const { hop, frames, silence } = shape;
    const statistics = new FrameStatistics();
    for (const recording of found) statistics.include(recording.statistics);
    const inputs = furtherInputs(options.inputs);
    const index: SliceIndex = {
      hop,
      frames,
      recordings: found.map(({ stored }) => stored),
      owners: Uint32Array.from(found.flatMap(({ starts }, owner) => starts.map(() => owner))),
      starts: Uint32Array.from(found.flatMap(({ starts }) => starts)),
      ...(inputs.length > 0 && { inputs }),
    };
    const recordings = found.map((recording) => summariseRecording(recording, options));
    if (index.owners.length === 0) throw new DatasetError(whyEmpty(refused, recordings, silence));
    const { voicedShare } = statistics;
    if (voicedShare === 0) throw new DatasetError(whyUnpitched(recordings, options));
    const seconds = (count: number) => (count * frames * hop) / sampleRate;
    const made = (what: FoundRecording['made']) =>
      found.filter((recording) => recording.made === what).length;
    const summary: DatasetSummary = {
      recordings,
      refused,
      reused: made('nothing'),
      analysedAnew: made('features'),
      seconds: sum(recordings, (recording) => recording.seconds),
      secondsKept: seconds(index.owners.length),
      secondsSilent: seconds(sum(recordings, (recording) => recording.silentSlices)),
      voicedShare,
      warnings: warnings(recordings, voicedShare, options),
    };
    const learned = statistics.summarise();
    const articulation = await learnArticulation(store, index, learned, hop / sampleRate);
    const fingerprint = await textHash(
      canonical([featureSettings(options), frames, found.map(({ hash, starts }) => [hash, starts])]),
    );
    return new Dataset(sampleRate, store, index, learned, articulation, summary, fingerprint);
  }

  /** @throws DatabaseError when the database fails, or the slice is missing or damaged */
  read(slice: SliceRef): Promise<Slice> {
    return this.#reader.read(slice.index);
  }

  /** The features of a whole recording. @param name of a recording in the summary */
  track(name: string): Promise<Track> {
    const recording = this.index.recordings.find((candidate) => candidate.name === name);
    if (!recording) throw new RangeError(`the dataset has no recording ${name}`);
    return readTrack(this.store, recording, 0, recording.frames, this.index.inputs);
  }

  /** Holds out stretches of neighbouring slices; see `splitSlices`. The same seed gives the same split. */
  split(validationFraction: number, seed: number): Split {
    return splitSlices(this.slices, this.samplesPerSlice, validationFraction, seed);
  }

  /**
   * Deletes everything in the database that this dataset does not use: other recordings, rates and settings.
   * Nothing else may be using the database. A file on disk does not shrink, but its free space is reused.
   * @returns bytes freed
   */
  async prune(): Promise<number> {
    const keep = new Set(this.index.recordings.flatMap(({ audio, features }) => [audio, features]));
    let freed = 0;
    for (const prefix of ['audio/', 'features/', 'refused/']) {
      for (const key of await this.store.keys(prefix)) {
        if (keep.has(key) || keep.has(key.slice(0, key.lastIndexOf('/')))) continue;
        freed += (await this.store.get(key))?.length ?? 0;
        await this.store.delete([key]);
      }
    }
    return freed;
  }
}

interface FoundRecording extends FoundSlices {
  readonly hash: string;
  readonly made: 'nothing' | 'features' | 'everything';
}

interface FoundSlices {
  readonly stored: StoredRecording;
  readonly audio: AudioRecord;
  readonly outOfRange: OutOfRange | null;
  /** first frames of the kept slices */
  readonly starts: readonly number[];
  readonly silentSlices: number;
  readonly statistics: FrameStatistics;
}

/** @returns null when the recording is shorter than half a slice */
async function findSlices(
  store: DataStore,
  { name, audio: audioAt, features: featuresAt }: Pick<StoredRecording, 'name' | 'audio' | 'features'>,
  shape: SliceShape,
  inputs: readonly string[],
): Promise<FoundSlices | null> {
  const audio = await readRecord<AudioRecord>(store, audioAt);
  const features = await readRecord<FeaturesRecord>(store, featuresAt);
  if (!audio || !features) throw new DatabaseError(`${store.place}: ${name} was removed meanwhile`);
  const { frames } = features;
  const stored = { name, audio: audioAt, features: featuresAt, samples: audio.samples, frames };
  const statistics = new FrameStatistics();
  const all = sliceStarts(audio.samples, shape);
  if (all.length === 0) return null;
  const starts: number[] = [];
  const step = Math.max(1, Math.floor(FRAMES_AT_ONCE / shape.frames)) * shape.frames;
  for (let i = 0; i < all.length; ) {
    const from = all[i];
    const track = await readTrack(store, stored, from, from + step, inputs);
    for (; i < all.length && all[i] + shape.frames <= from + step; i++) {
      const start = all[i] - from;
      if (isSilent(track, start, shape)) continue;
      starts.push(all[i]);
      statistics.add(track, start, shape.frames);
    }
  }
  return {
    stored,
    audio,
    outOfRange: features.outOfRange,
    starts,
    silentSlices: all.length - starts.length,
    statistics,
  };
}

/** From the tracks of all recordings, one after the other. */
async function learnArticulation(
  store: DataStore,
  { recordings, inputs }: SliceIndex,
  statistics: Statistics,
  frameSeconds: number,
): Promise<Articulation | undefined> {
  const learner = new ArticulationLearner(statistics);
  for (const recording of recordings) {
    learner.add(await readTrack(store, recording, 0, recording.frames, inputs), frameSeconds);
  }
  return learner.learn();
}

function summariseRecording(
  { stored, audio, outOfRange, starts, silentSlices, statistics, made }: FoundRecording,
  settings: FeatureSettings,
): RecordingSummary {
  const { voicedShare } = statistics;
  const { sampleRate } = settings;
  const rangeNotes = outOfRange ? describeOutOfRange(outOfRange, settings) : [];
  const seldom = starts.length > 0 && voicedShare < SELDOM_PITCHED && rangeNotes.length === 0;
  const pitchNotes = seldom ? [seldomPitched(voicedShare)] : [];
  return {
    name: stored.name,
    sampleRate: audio.sampleRate,
    channels: audio.channels,
    seconds: stored.samples / sampleRate,
    slices: starts.length,
    silentSlices,
    voicedShare,
    pitch: voicedShare > 0 ? statistics.summarise().f0 : null,
    notes: [...audio.notes, ...rangeNotes, ...pitchNotes],
    made,
  };
}

/** Sorted by name; repeated names are numbered. */
function inOrder(sources: readonly AudioSource[]): AudioSource[] {
  const sorted = [...sources].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const names = uniqueNames(sorted.map(({ name }) => name));
  return sorted.map(({ content }, i) => ({ name: names[i], content }));
}

function tooShort({ frames, hop }: SliceShape, sampleRate: number): string {
  const needed = ((frames * hop) / sampleRate / 2).toFixed(2);
  return `it is shorter than half a slice (${needed} s); join short notes into longer files`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
