/**
 * Preprocesses recordings into the database, several at a time. Finds what is stored already, computes the
 * rest on threads and reports progress. Only the calling thread writes.
 */

import { parallelism } from '#threads';
import { decodedForWorkers } from '../../audio/decode';
import { audioSeconds } from '../../audio/duration';
import type { DataStore } from '../../platform/stores/store';
import type { ThreadOptions } from '../../platform/threads/thread';
import {
  type AudioRecord,
  audioKey,
  checkFormat,
  type FeatureSettings,
  featuresKeys,
  readRecord,
  record,
  SOURCES,
  type SourceRecord,
  sourceKey,
} from './database';
import { findRecording, type RecordingJob, type RecordingOutcome } from './job';
import type { PitchNetworkFile } from './pitch/neural/network';
import { Preparer } from './preparer';
import { type AudioSource, contentStamp, openContent } from './source';

export interface DatasetProgress {
  /** the recording that made progress */
  readonly name: string;
  /** seconds of sound, of the recordings to preprocess; estimated before a file is read */
  readonly seconds: number;
  readonly totalSeconds: number;
  /** finished recordings, and all recordings */
  readonly done: number;
  readonly count: number;
  /** estimated time left; null while unknown */
  readonly secondsLeft: number | null;
}

export interface PreprocessOptions extends ThreadOptions {
  /** threads; default: one per core (in a page one fewer) */
  readonly workers?: number;
  /** where `pitch.tracker` is `neural` */
  readonly network?: PitchNetworkFile;
  /** rejects with the signal's reason when aborted; finished recordings are kept */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DatasetProgress) => void;
}

/** The outcome of a recording; sorted by name. */
export interface Prepared {
  readonly name: string;
  readonly outcome: RecordingOutcome;
}

/**
 * @param sources recordings with unique names
 * @throws DatabaseError when the store fails; finished recordings are kept, and the next call continues from there
 */
export async function preprocess(
  sources: readonly AudioSource[],
  store: DataStore,
  settings: FeatureSettings,
  options: PreprocessOptions = {},
): Promise<Prepared[]> {
  await checkFormat(store);
  const found = await Promise.all(sources.map((source) => findSource(source, store)));
  const jobs = found.map(
    ({ source, stamp, hash }): RecordingJob => ({
      name: source.name,
      content: source.content,
      stamp,
      hash,
      settings,
      network: options.network,
    }),
  );
  const run = new Preprocessing(jobs, store, settings, options);
  const outcomes = await run.finish();
  await forget(store, new Set(await Promise.all(sources.map(({ name }) => sourceKey(name)))));
  return jobs.map(({ name }, i) => ({ name, outcome: outcomes[i] }));
}

/** The same for the recordings of the last `preprocess` call, using only stored data. */
export async function preprocessStored(
  store: DataStore,
  settings: FeatureSettings,
  options: PreprocessOptions = {},
): Promise<Prepared[]> {
  await checkFormat(store);
  const records = await Promise.all(
    (await store.keys(SOURCES)).map((key) => readRecord<SourceRecord>(store, key)),
  );
  const jobs = records
    .flatMap((found) => (found ? [found] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, content: hash }): RecordingJob => ({
        name,
        content: null,
        stamp: null,
        hash,
        settings,
        network: options.network,
      }),
    );
  const outcomes = await new Preprocessing(jobs, store, settings, options).finish();
  return jobs.map(({ name }, i) => ({ name, outcome: outcomes[i] }));
}

interface FoundSource {
  readonly source: AudioSource;
  readonly stamp: string | null;
  readonly hash: string | null;
}

/** A file with the same name, size and time counts as unchanged. */
async function findSource(source: AudioSource, store: DataStore): Promise<FoundSource> {
  const unknown = { size: -1, stamp: null };
  // an unreadable file is refused later, when it is read
  const { size, stamp } = await contentStamp(source.content).catch(() => unknown);
  const known = stamp && (await readRecord<SourceRecord>(store, await sourceKey(source.name)));
  return {
    source,
    stamp,
    hash: known && known.size === size && known.stamp === stamp ? known.content : null,
  };
}

/** The job with content that a worker can decode. */
async function forWorker(job: RecordingJob): Promise<RecordingJob> {
  const { name, content } = job;
  if (!content || 'path' in content) return job;
  const wav = await decodedForWorkers(await openContent(content), name);
  return wav ? { ...job, content: wav, stamp: null } : job;
}

/** Forgets all other recordings; their data stays until it is pruned. */
async function forget(store: DataStore, keep: ReadonlySet<string>): Promise<void> {
  const stale = (await store.keys(SOURCES)).filter((key) => !keep.has(key));
  if (stale.length > 0) await store.delete(stale);
}

/** Minimum time between two progress reports, and before the first estimate of the time left. */
const REPORT_MS = 100;
const FIRST_GUESS_MS = 1000;

class Preprocessing {
  readonly #jobs: readonly RecordingJob[];
  readonly #store: DataStore;
  readonly #settings: FeatureSettings;
  readonly #options: PreprocessOptions;
  readonly #outcomes: RecordingOutcome[];
  /** seconds of each recording to preprocess: total and done */
  readonly #seconds = new Map<number, { total: number; done: number }>();
  #finished = 0;
  #started = 0;
  #reported = 0;

  constructor(
    jobs: readonly RecordingJob[],
    store: DataStore,
    settings: FeatureSettings,
    options: PreprocessOptions,
  ) {
    this.#jobs = jobs;
    this.#store = store;
    this.#settings = settings;
    this.#options = options;
    this.#outcomes = new Array(jobs.length);
  }

  async finish(): Promise<RecordingOutcome[]> {
    const waiting: number[] = [];
    for (const [i, { hash }] of this.#jobs.entries()) {
      this.#options.signal?.throwIfAborted();
      const known = hash && (await findRecording(this.#store, hash, this.#settings));
      if (known) this.#outcomes[i] = known;
      else waiting.push(i);
    }
    this.#finished = this.#jobs.length - waiting.length;
    for (const i of waiting) {
      this.#seconds.set(i, { total: await this.#estimate(this.#jobs[i]), done: 0 });
    }
    // longest first, so that no thread ends with a long one
    waiting.sort((a, b) => this.#seconds.get(b)!.total - this.#seconds.get(a)!.total || a - b);
    if (waiting.length > 0) await this.#work(waiting);
    return this.#outcomes;
  }

  async #work(waiting: number[]): Promise<void> {
    const { workers = parallelism(), signal } = this.#options;
    this.#started = performance.now();
    const count = Math.max(1, Math.min(workers, waiting.length));
    const preparers = Array.from({ length: count }, () => new Preparer(this.#store, this.#options));
    try {
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      aborted.catch(() => {});
      await Promise.race([
        aborted,
        Promise.all(preparers.map((preparer) => this.#workThrough(waiting, preparer))),
      ]);
    } finally {
      // after a failure the other threads are still busy
      waiting.length = 0;
      await Promise.all(preparers.map((preparer) => preparer.close()));
    }
  }

  async #workThrough(waiting: number[], preparer: Preparer): Promise<void> {
    for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
      const index = i;
      const job = this.#jobs[index];
      const outcome = await preparer.prepare(await forWorker(job), (seconds) => this.#report(index, seconds));
      await this.#conclude(index, job, outcome);
    }
  }

  async #conclude(index: number, job: RecordingJob, outcome: RecordingOutcome): Promise<void> {
    this.#outcomes[index] = outcome;
    const { hash } = outcome;
    if (hash && job.content) {
      const { size, stamp } = await contentStamp(job.content).catch(() => ({ size: -1, stamp: null }));
      const source: SourceRecord = { name: job.name, size, stamp, content: hash };
      await this.#store.put([record(await sourceKey(job.name), source)]);
    }
    if (hash && outcome.kind === 'refused') await this.#discard(hash);
    const progress = this.#seconds.get(index)!;
    const made = hash && outcome.kind === 'ready' ? await this.#length(hash) : progress.done;
    progress.total = made;
    this.#finished++;
    this.#reported = 0;
    this.#report(index, made);
  }

  /** Deletes what was written of a recording before it turned out to be unusable. */
  async #discard(hash: string): Promise<void> {
    const keys = [audioKey(hash, this.#settings.sampleRate), (await featuresKeys(this.#settings))(hash)];
    const chunks = await Promise.all(keys.map((key) => this.#store.keys(key)));
    await this.#store.delete(chunks.flat());
  }

  async #estimate({ content, hash }: RecordingJob): Promise<number> {
    if (hash) {
      const seconds = await this.#length(hash);
      if (seconds > 0) return seconds;
    }
    if (!content) return 0;
    try {
      const source = await openContent(content);
      return await audioSeconds(source).finally(() => source.close());
    } catch {
      // it is refused later, when it is read
      return 0;
    }
  }

  /** Length in seconds of a recording with stored audio; otherwise 0. */
  async #length(hash: string): Promise<number> {
    const { sampleRate } = this.#settings;
    const audio = await readRecord<AudioRecord>(this.#store, audioKey(hash, sampleRate));
    return (audio?.samples ?? 0) / sampleRate;
  }

  #report(index: number, seconds: number): void {
    const progress = this.#seconds.get(index)!;
    progress.done = seconds;
    progress.total = Math.max(progress.total, seconds);
    const now = performance.now();
    if (now - this.#reported < REPORT_MS) return;
    this.#reported = now;
    let done = 0;
    let total = 0;
    for (const recording of this.#seconds.values()) {
      done += recording.done;
      total += recording.total;
    }
    const elapsed = now - this.#started;
    this.#options.onProgress?.({
      name: this.#jobs[index].name,
      seconds: done,
      totalSeconds: total,
      done: this.#finished,
      count: this.#jobs.length,
      secondsLeft: elapsed > FIRST_GUESS_MS && done > 0 ? ((elapsed / 1000) * (total - done)) / done : null,
    });
  }
}
