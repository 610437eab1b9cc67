/** Reads a folder of recordings, and says what became of them. */

import { datasetOptions, type TrainConfig } from '../train/config';
import { Dataset } from '../train/dataset/dataset';
import { audioFolder } from '../train/dataset/folder';
import { Progress } from './progress';

export async function readDataset(
  config: TrainConfig,
  folder: string,
  signal: AbortSignal,
): Promise<Dataset> {
  const { sources, ignored } = await audioFolder(folder);
  const progress = new Progress('reading', sources.length);
  let dataset: Dataset;
  try {
    dataset = await Dataset.fromFiles(sources, {
      ...datasetOptions(config),
      signal,
      onProgress: ({ name, index, stage }) => progress.update(index + (stage === 'done' ? 1 : 0), name),
    });
  } finally {
    progress.stop();
  }
  report(dataset, ignored);
  return dataset;
}

function report({ summary, slices, statistics }: Dataset, ignored: readonly string[]): void {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(' / ');
  for (const { name, reason } of summary.refused) say(`refused ${name}: ${reason}`);
  if (ignored.length > 0) say(`ignored ${ignored.length} files that are no audio, such as ${ignored[0]}`);
  say(
    `${summary.recordings.length} recordings, ${summary.seconds.toFixed(0)} s: ` +
      `${slices.length} slices kept, ${summary.secondsSilent.toFixed(0)} s silent`,
  );
  say(
    `${Math.round(100 * summary.voicedShare)}% of the frames are voiced; pitch ${list(statistics.f0)} Hz, ` +
      `loudness ${list(statistics.loudness)} dB (5th, 50th, 95th percentile)`,
  );
}
