/** Opens a dataset for a command: finds the database, preprocesses the recordings, reports the result. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { folderStore } from '../platform/stores/folder';
import type { DataStore } from '../platform/stores/store';
import { datasetOptions, type TrainConfig } from '../train/config';
import { DATABASE_VERSION } from '../train/data/database';
import { Dataset } from '../train/data/dataset';
import { audioFolder } from '../train/data/folder';
import { articulationFact } from '../train/run/facts';
import { clock, duration } from '../train/run/times';
import { readNetwork } from './pitch';
import { ProgressBar } from './progress-bar';
import { say } from './terminal';

export interface DataOptions {
  /** folder of recordings */
  readonly data: string;
  /** folder of the database; default: see `defaultDatabase` */
  readonly db?: string;
  readonly workers?: number;
}

/** A folder in the system's cache, one for each folder of recordings. */
export async function defaultDatabase(folder: string): Promise<string> {
  const whole = await realpath(folder).catch(() => path.resolve(folder));
  const hash = createHash('sha256').update(`${DATABASE_VERSION} ${whole}`).digest('hex').slice(0, 12);
  return path.join(cacheFolder(), 'ddsp-worklet', `${path.basename(whole)}-${hash}`);
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
  return path.join(os.homedir(), '.cache');
}

/** Work on the dataset while its database is open. */
export type UseDataset<T> = (dataset: Dataset, store: DataStore) => Promise<T>;

/**
 * Preprocesses the recordings that the database does not contain yet, prints a report, calls `use`, then
 * closes the database.
 */
export async function withDataset<T>(
  config: TrainConfig,
  options: DataOptions,
  signal: AbortSignal,
  use: UseDataset<T>,
): Promise<T> {
  const network = await readNetwork(config.data.f0);
  const { sources, ignored } = await audioFolder(options.data);
  const store = await folderStore(options.db ?? (await defaultDatabase(options.data)));
  try {
    const progress = new ProgressBar('reading', 1);
    let dataset: Dataset;
    try {
      dataset = await Dataset.fromFiles(sources, {
        ...datasetOptions(config),
        network,
        store,
        workers: options.workers,
        signal,
        onProgress({ seconds, totalSeconds, done, count, secondsLeft }) {
          const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
          const sound = `${clock(seconds)} of ${clock(totalSeconds)}`;
          progress.update(
            totalSeconds > 0 ? seconds / totalSeconds : 1,
            `${done}/${count} files, ${sound}${left}`,
          );
        },
      });
    } finally {
      progress.stop();
    }
    report(dataset, ignored);
    return await use(dataset, store);
  } finally {
    await store.close();
  }
}

function report(
  { summary, slices, statistics, articulation, store }: Dataset,
  ignored: readonly string[],
): void {
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(' / ');
  const { recordings, refused, reused, analysedAnew } = summary;
  for (const { name, reason } of refused) say(`refused ${name}: ${reason}`);
  for (const { name, slices: kept, notes } of recordings) {
    if (kept === 0) say(`${name}: silent throughout, skipped`);
    for (const note of notes) say(`${name}: ${note}`);
  }
  if (ignored.length > 0) say(`ignored ${count(ignored.length, 'file')} of no audio, such as ${ignored[0]}`);
  const again = analysedAnew > 0 ? `, re-analysed ${analysedAnew}` : '';
  const made = recordings.length - reused - analysedAnew;
  say(`${store.place}: reused ${count(reused, 'recording')}${again}, made ${made}`);
  say(
    `${count(recordings.length, 'recording')}, ${summary.seconds.toFixed(0)} s: ` +
      `${count(slices.length, 'slice')} kept, ${summary.secondsSilent.toFixed(0)} s silent`,
  );
  say(
    `${Math.round(100 * summary.voicedShare)}% of the frames are voiced; pitch ${list(statistics.f0)} Hz, ` +
      `loudness ${list(statistics.loudness)} dB (5th, 50th, 95th percentile)`,
  );
  say(`articulation: ${articulationFact(articulation)}`);
  for (const warning of summary.warnings) say(`warning: ${warning}`);
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
