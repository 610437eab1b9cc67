/** A Neutone model (`.nm`) that realtimeDDSP exported: TorchScript, of which only the attributes are read. */

import type { About } from '../../model';
import { member } from '../../torch/member';
import type { TorchFile } from '../../torch/torch-file';
import { Dict, Instance, List, TensorRef, type Value } from '../../torch/values';
import { ImportError } from '../errors';
import type { Imported } from '../imported';
import { content } from './configuration';
import { convertDecoder, type NamedTensor } from './decoder';
import { convertGraph } from './graph';
import { checkProcessorCount, type ForeignProcessor } from './processor';

const WINDOW = 2048;
const THRESHOLD = 0.1;
/** Characters of what a file says of itself: more is no description. */
const LONGEST_METADATA = 200_000;
/** The player's mixes, which the export adds; 0.5 leaves the sound as it was trained. */
const KNOBS = new Set(['harmmix', 'noisemix', 'irmix']);

/** @param model the object that has attributes `estimator` and `synth` */
export function importNeutone(file: TorchFile, model: Instance): Imported {
  const estimator = member(model, 'estimator');
  const synth = member(model, 'synth');
  checkScale(estimator);
  const processors = processorsOf(file, synth);
  const harmonic = processors.find(({ kind }) => kind === 'Harmonic');
  const rate = harmonic?.option('sample_rate') ?? member(model, 'sample_rate');
  const hop = member(model, 'hop_size');
  const playedAt = member(model, 'sample_rate');
  if (typeof rate !== 'number' || typeof hop !== 'number' || typeof playedAt !== 'number' || !(hop > 0))
    throw new ImportError('unsupported', 'Neutone model without sample_rate or hop_size');
  const converted = convertGraph({ processors, conditions: new Set(['f0']), sampleRate: rate });
  const decoder = convertDecoder(
    (name) => tensorAt(file, estimator, name.replace(/^gru\./, 'gru.gru.')),
    converted.outputs,
    converted.rows,
  );
  return {
    model: {
      sampleRate: rate,
      frameRate: playedAt / hop,
      analysis: {
        window: number(member(model, 'window_size'), WINDOW),
        pitchMin: number(member(model, 'pitch_min'), 50),
        pitchMax: number(member(model, 'pitch_max'), 2000),
        threshold: THRESHOLD,
      },
      decoder: { hidden: decoder.hidden, inputScale: 'linear' },
      synth: converted.synth,
      tensors: { ...decoder.tensors, ...converted.tensors },
    },
    about: aboutOf(file),
    source: 'a Neutone model (.nm) of realtimeDDSP',
    notes: converted.notes,
  };
}

/** Pitch and loudness must enter the decoder as they do everywhere in realtimeDDSP. */
function checkScale(estimator: Value | undefined): void {
  const range = member(estimator, 'frange');
  const [low, high] = range instanceof List ? range.items : [];
  const decibels = member(estimator, 'db_range');
  if (low !== 32 || high !== 2000 || decibels !== 80)
    throw new ImportError(
      'unsupported',
      `Neutone model whose decoder scales pitch or loudness in another way`,
    );
}

function processorsOf(file: TorchFile, synth: Value | undefined): ForeignProcessor[] {
  const names = member(synth, 'processor_names');
  const connections = member(synth, 'connections');
  const modules = member(synth, 'processors');
  if (!(names instanceof List && connections instanceof List))
    throw new ImportError('unsupported', 'Neutone model whose synth has no names or connections');
  checkProcessorCount(names.items.length);
  return names.items.map((name, index) => {
    const module = member(modules, String(index));
    const kind = module instanceof Instance ? module.global.member : 'unknown';
    return plain({
      name: String(name),
      kind,
      option: (key) => content(member(module, key)),
      tensor: (key) => tensorAt(file, module, key)?.values(),
      connections: textsOf(connections.items[index]),
    });
  });
}

/** The export's streaming processors as those that were trained: without the player's mixes. */
function plain(processor: ForeignProcessor): ForeignProcessor {
  const connections = new Map([...processor.connections].filter(([, source]) => !KNOBS.has(source)));
  const mixes = connections.size < processor.connections.size;
  switch (processor.kind) {
    case 'StreamHarmonic':
      return { ...processor, kind: 'Harmonic' };
    case 'StreamFilteredNoise':
      return { ...processor, kind: 'FilteredNoise' };
    case 'Mix':
      return mixes ? { ...processor, kind: 'Add', connections } : processor;
    case 'StreamIRReverb':
      return {
        ...processor,
        kind: 'IRReverb',
        connections,
        // it holds the zero of the direct sound too
        tensor: (key) => processor.tensor(key)?.slice(1),
      };
    default:
      return processor;
  }
}

function textsOf(value: Value | undefined): Map<string, string> {
  const texts = new Map<string, string>();
  if (!(value instanceof Dict)) return texts;
  for (const [key, source] of value.entries) texts.set(String(key), String(source));
  return texts;
}

/** A tensor by its path of attributes, such as `mlp_0.linear.0.0.weight`. */
function tensorAt(file: TorchFile, module: Value | undefined, path: string): NamedTensor | undefined {
  const found = path.split('.').reduce<Value | undefined>((at, key) => member(at, key), module);
  if (!(found instanceof TensorRef)) return undefined;
  return { shape: found.shape, values: () => file.values(path, found) };
}

function number(value: Value | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** What the file says of itself. */
function aboutOf(file: TorchFile): Partial<About> {
  const text = file.text('extra/metadata.json');
  if (text === undefined || text.length > LONGEST_METADATA) return {};
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(text);
  } catch {
    return {};
  }
  const line = (key: string) => {
    const value = found?.[key];
    return typeof value === 'string' ? value.trim().slice(0, 5000) : '';
  };
  const authors = Array.isArray(found?.model_authors)
    ? found.model_authors.filter((author) => typeof author === 'string').slice(0, 100)
    : [];
  const description = [line('model_short_description'), line('model_long_description')]
    .filter(Boolean)
    .join(' ');
  const citation = line('citation').slice(0, 1000);
  return {
    ...(line('model_name') && { name: line('model_name').slice(0, 200) }),
    ...(authors.length > 0 && { authors: authors.map((author) => author.slice(0, 1000)) }),
    ...(description && { description }),
    ...(citation && { credits: [citation] }),
  };
}
