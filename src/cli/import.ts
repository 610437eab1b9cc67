/** `ddsp import`: a model that was trained elsewhere, as a model file with its card. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { OptionError } from '../errors';
import { writeModel } from '../model/file';
import { ImportError, type ImportOptions, importModel } from '../model/import';
import type { Model } from '../model/model';
import { listeningLatency } from '../play/latency';
import { modelCard } from '../train/run/card';
import { readBytes, writeAtomically } from '../train/run/disk';
import { CliError, EXIT } from './errors';
import { checkOutput, protectInputs } from './output';
import { say } from './terminal';

export interface ImportCommandOptions {
  readonly out: string;
  readonly config?: string;
  readonly float16?: boolean;
}

type Assigned = { -readonly [Key in keyof ImportOptions]: ImportOptions[Key] };

const TEXTS = ['name', 'description', 'licence'] as const;
const LISTS = ['authors', 'credits', 'trainedOn'] as const;
const NUMBERS = ['frameRate', 'window', 'pitchMin', 'pitchMax'] as const;
const PERCENTILES = ['statistics.f0', 'statistics.loudness'] as const;

/** For the help of the command. */
export const IMPORT_KEYS: readonly string[] = [...TEXTS, ...LISTS, ...NUMBERS, ...PERCENTILES];

/**
 * @param file a checkpoint (`.ckpt`) or Neutone model (`.nm`) of realtimeDDSP
 * @param assignments what the file does not hold, as `key=value`
 */
export async function importFile(
  file: string,
  assignments: readonly string[],
  { out, config, float16 = false }: ImportCommandOptions,
): Promise<void> {
  const card = `${out.replace(/\.safetensors$/, '')}.md`;
  const settings = readSettings(assignments);
  const inputs = [file, ...(config ? [config] : [])];
  await checkOutput(out, inputs);
  await protectInputs(card, inputs);
  const bytes = await readBytes(file);
  const text = await readConfig(file, config);
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  let model: Model;
  try {
    model = await importModel(bytes, {
      fileName: file,
      ...(text !== undefined && { config: text }),
      ...settings,
      onNote,
    });
  } catch (cause) {
    if (cause instanceof OptionError) throw new CliError(cause.message, EXIT.usage, { cause });
    if (cause instanceof ImportError) throw new CliError(`${file}: ${cause.message}`, EXIT.failed, { cause });
    throw cause;
  }
  const written = writeModel(model, { float16 });
  await writeAtomically(out, written);
  await writeAtomically(
    card,
    modelCard({
      file: path.basename(out),
      bytes: written.length,
      float16,
      about: model.about,
      parameters: Object.values(model.tensors).reduce((total, values) => total + values.length, 0),
      latencySeconds: listeningLatency(model, model.sampleRate) / model.sampleRate,
      statistics: model.statistics,
      samples: [],
    }),
  );
  report(model, out, card, notes);
}

function report({ about, sampleRate, frameRate }: Model, out: string, card: string, notes: string[]): void {
  const lines = [
    `${out}: ${about.name}, ${sampleRate} Hz, ${frameRate} frames a second; card in ${card}`,
    ...notes,
  ];
  if (about.licence === undefined) lines.push('The file names no licence: if you know it, add licence=...');
  for (const line of lines) say(line);
}

/** The file that is named, or `config.yaml` beside a state dict of ddsp_pytorch. */
async function readConfig(file: string, named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return new TextDecoder().decode(await readBytes(named));
  if (!file.endsWith('.pth')) return undefined;
  return readFile(path.join(path.dirname(file), 'config.yaml'), 'utf8').catch(() => undefined);
}

function readSettings(assignments: readonly string[]): ImportOptions {
  const settings: Assigned = {};
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    const key = assignment.slice(0, Math.max(0, equals));
    const text = assignment.slice(equals + 1);
    if (isOneOf(TEXTS, key)) settings[key] = text;
    else if (isOneOf(LISTS, key)) settings[key] = text.split(',').map((item) => item.trim());
    else if (isOneOf(NUMBERS, key)) settings[key] = number(key, text);
    else if (isOneOf(PERCENTILES, key)) {
      const name = key === 'statistics.f0' ? 'f0' : 'loudness';
      const [low, middle, high, ...rest] = text.split(',').map((item) => number(key, item));
      if (high === undefined || rest.length > 0)
        throw new CliError(`${key}: expected three numbers, such as ${key}=110,262,880`, EXIT.usage);
      settings.statistics = { ...settings.statistics, [name]: [low, middle, high] };
    } else
      throw new CliError(
        `"${assignment}": expected key=value with one of the keys ${IMPORT_KEYS.join(', ')}`,
        EXIT.usage,
      );
  }
  return settings;
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((known) => known === name);
}

function number(key: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new CliError(`${key}: expected a number, found "${text}"`, EXIT.usage);
  return value;
}
