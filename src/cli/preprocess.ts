/** `ddsp preprocess`: decodes and analyses a folder of recordings for training. */

import type { RecordingSummary } from '../train/data/summary';
import { clock } from '../train/run/times';
import { type DataOptions, withDataset } from './dataset';
import { interruptible } from './interrupt';
import { type ConfigOptions, readSettings } from './settings';
import { printable, say } from './terminal';

export interface PreprocessCommandOptions extends ConfigOptions, DataOptions {
  readonly prune?: boolean;
}

export async function preprocess(
  assignments: readonly string[],
  options: PreprocessCommandOptions,
): Promise<void> {
  const settings = await readSettings(assignments, options);
  await interruptible('stopping; press Ctrl-C again to exit at once', (signal) =>
    withDataset(settings, options, signal, async (dataset) => {
      process.stdout.write(table(dataset.summary.recordings));
      if (!options.prune) return;
      const freed = await dataset.prune();
      say(`removed ${(freed / 1e6).toFixed(0)} MB that these recordings and settings do not use`);
    }),
  );
}

const COLUMNS: readonly [title: string, (recording: RecordingSummary) => string][] = [
  ['recording', ({ name }) => printable(name)],
  ['length', ({ seconds }) => clock(seconds)],
  ['rate', ({ sampleRate }) => `${sampleRate} Hz`],
  ['channels', ({ channels }) => String(channels)],
  ['slices', ({ slices }) => String(slices)],
  ['silent', ({ silentSlices }) => String(silentSlices)],
  ['voiced', ({ voicedShare, slices }) => (slices > 0 ? `${Math.round(100 * voicedShare)}%` : '')],
  ['pitch', ({ pitch }) => (pitch ? `${pitch[0].toFixed(0)} to ${pitch[2].toFixed(0)} Hz` : '')],
];

/** Names are aligned left, all other columns right. */
function table(recordings: readonly RecordingSummary[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...recordings.map((one) => COLUMNS.map(([, show]) => show(one))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
