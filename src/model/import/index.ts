/**
 * `ddsp-worklet/import`: models that were trained elsewhere.
 *
 * Files are read as data, in Node and in pages alike; nothing of them runs.
 */

import type { About, Model } from '../model';
import { checkOptions, type ImportOptions } from './options';
import { readForeign } from './read';

export type { Model } from '../model';
export { ImportError, type ImportErrorCode } from './errors';
export type { ImportOptions } from './options';

/**
 * Reads a model that another program trained: a checkpoint (`.ckpt`) or Neutone model (`.nm`) of realtimeDDSP; an
 * export (`.ts`) or state dict (`state.pth`) of ddsp_pytorch.
 * @param bytes a whole file; not changed, not kept
 * @param options what the file does not hold
 * @throws ImportError for a file that is no such model, or is damaged; OptionError for a wrong option
 */
export async function importModel(
  bytes: ArrayBuffer | Uint8Array,
  options: ImportOptions = {},
): Promise<Model> {
  checkOptions(options);
  const { signal, onNote, statistics: given = {} } = options;
  signal?.throwIfAborted();
  const file =
    bytes instanceof Uint8Array
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      : new Uint8Array(bytes);
  const { model, about, source, notes, statistics: found } = await readForeign(file, options);
  const all = [...notes];
  const analysis = fitAnalysis(
    {
      ...model.analysis,
      ...(options.window !== undefined && { window: options.window }),
      ...(options.pitchMin !== undefined && { pitchMin: options.pitchMin }),
      ...(options.pitchMax !== undefined && { pitchMax: options.pitchMax }),
    },
    model.sampleRate,
  );
  const known = { ...model, analysis };
  const told = { ...found, ...given };
  const missing = [...(told.f0 ? [] : ['pitch']), ...(told.loudness ? [] : ['loudness'])];
  if (missing.length > 0) all.push(`Its range of ${missing.join(' and ')} is an estimate from its decoder.`);
  // loaded when it is needed
  const { estimateStatistics } = await import('./sweep/statistics');
  const statistics = await estimateStatistics(known, told, signal);
  for (const note of all) onNote?.(note);
  return {
    ...known,
    statistics,
    about: describe(options, about, source, all),
  };
}

/** A period of the lowest pitch fits into the window, the highest has two samples. */
function fitAnalysis(analysis: Model['analysis'], sampleRate: number): Model['analysis'] {
  const { window } = analysis;
  const pitchMin = Math.max(analysis.pitchMin, sampleRate / window, 10);
  return { ...analysis, pitchMin, pitchMax: Math.min(analysis.pitchMax, sampleRate / 2) };
}

/** What the caller says, what the file says, and where it came from. */
function describe(
  given: ImportOptions,
  found: Partial<About>,
  source: string | null,
  notes: readonly string[],
): About {
  const description = [
    given.description ?? found.description,
    ...(source === null ? [] : [`Imported from ${source}.`]),
    ...notes,
  ]
    .filter(Boolean)
    .join(' ');
  const about = { ...found, ...pick(given), ...(description && { description }) };
  return { ...about, name: about.name || nameOf(given.fileName) };
}

function nameOf(fileName = ''): string {
  return fileName.replace(/^.*[/\\]|\.[^.]*$/g, '').slice(0, 200) || 'Imported model';
}

function pick({ name, authors, licence, credits, trainedOn }: ImportOptions): Partial<About> {
  const said = { name, authors, licence, credits, trainedOn };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
