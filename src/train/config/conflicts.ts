/** Values that are each in range but exclude each other. */

import { findConflict } from '../../model/schema';
import { modelTensors } from '../../model/tensors';
import { SynthGraphError } from '../../synth/graph';
import { furtherInputs, measuredInput } from '../data/inputs';
import { hopSamples } from '../learn/loss/terms';
import type { TrainConfig } from './config';
import type { Path } from './keys';
import { datasetOptions, modelConfig } from './parts';

export interface ConfigConflict {
  /** empty if the problem names it */
  readonly key: string;
  /** keys that may have caused it; the error names the line of the first one that a file sets */
  readonly paths: readonly Path[];
  readonly problem: string;
}

/** Validation uses windows of 2048 samples. */
const SHORTEST_SLICE = 2048;

/** The first conflict of a configuration. */
export function findConfigConflict(config: TrainConfig): ConfigConflict | undefined {
  return (
    modelConflict(config) ??
    pitchConflict(config) ??
    networkConflict(config) ??
    inputConflict(config) ??
    sliceConflict(config) ??
    hopConflict(config) ??
    graphConflict(config)
  );
}

function modelConflict({ model }: TrainConfig): ConfigConflict | undefined {
  const conflict = findConflict(model);
  if (!conflict) return;
  const others = [
    ['model', 'sampleRate'],
    ['model', 'frameRate'],
    ['model', 'analysis'],
  ];
  const key = `model.${conflict.field}`;
  return { key, paths: [key.split('.'), ...others], problem: conflict.problem };
}

function pitchConflict(config: TrainConfig): ConfigConflict | undefined {
  const { pitchMin, pitchMax } = datasetOptions(config).analysis;
  if (pitchMin < pitchMax)
    return limitConflict(config, 'pitchMax', 'most') ?? limitConflict(config, 'pitchMin', 'least');
  const { data, model } = config;
  const range = (part: { pitchMin: number; pitchMax: number }) => `${part.pitchMin} to ${part.pitchMax} Hz`;
  return {
    key: 'data.pitchMin',
    paths: [
      ['data', 'pitchMin'],
      ['data', 'pitchMax'],
      ['model', 'analysis'],
    ],
    problem:
      `expected data.pitchMin to data.pitchMax, ${range(data)}, to be a range ` +
      `within model.analysis, ${range(model.analysis)}`,
  };
}

/** What the analysis does not hear cannot be trained on. */
function limitConflict(
  { data, model }: TrainConfig,
  key: 'pitchMin' | 'pitchMax',
  most: 'most' | 'least',
): ConfigConflict | undefined {
  const limit = model.analysis[key];
  if (most === 'most' ? data[key] <= limit : data[key] >= limit) return;
  return {
    key: `data.${key}`,
    paths: [
      ['data', key],
      ['model', 'analysis'],
    ],
    problem: `expected at ${most} model.analysis.${key}, ${limit} Hz, found ${data[key]}; change one of the two`,
  };
}

function networkConflict({ data: { f0 } }: TrainConfig): ConfigConflict | undefined {
  if (f0.tracker !== 'neural' || f0.network !== '') return;
  return {
    key: 'data.f0.network',
    paths: [
      ['data', 'f0', 'network'],
      ['data', 'f0'],
    ],
    problem: "expected an ONNX file of CREPE's shape, because data.f0.tracker is neural",
  };
}

function inputConflict({ model: { decoder } }: TrainConfig): ConfigConflict | undefined {
  const unknown = furtherInputs(decoder.inputs).find((name) => !measuredInput(name));
  if (unknown === undefined) return;
  return {
    key: 'model.decoder.inputs',
    paths: [['model', 'decoder', 'inputs']],
    problem: `expected inputs that recordings provide, found "${unknown}"`,
  };
}

function sliceConflict({ data, model, loss }: TrainConfig): ConfigConflict | undefined {
  const sizes = loss.terms.flatMap((term) => term.sizes ?? loss.sizes);
  const needed = Math.max(SHORTEST_SLICE, ...sizes);
  if (data.sliceSeconds * model.sampleRate >= needed) return;
  return {
    key: 'data.sliceSeconds',
    paths: [
      ['data', 'sliceSeconds'],
      ['loss', 'terms'],
      ['loss', 'sizes'],
      ['model', 'sampleRate'],
    ],
    problem: `expected at least ${needed / model.sampleRate}, which is ${needed} samples, found ${data.sliceSeconds}`,
  };
}

/** A hop beyond the smallest size would skip samples. */
function hopConflict({ loss }: TrainConfig): ConfigConflict | undefined {
  for (const [i, { sizes = loss.sizes, hop }] of loss.terms.entries()) {
    const smallest = Math.min(...sizes);
    const samples = hopSamples(hop ?? loss.hop, smallest);
    if (samples <= smallest) continue;
    return {
      key: hop === undefined ? 'loss.hop' : `loss.terms.${i}.hop`,
      paths: [
        ['loss', 'terms', i, 'hop'],
        ['loss', 'hop'],
        ['loss', 'terms', i, 'sizes'],
        ['loss', 'sizes'],
      ],
      problem: `expected at most the smallest size, ${smallest} samples, found ${samples}`,
    };
  }
}

/** A graph that cannot be built; the problem names processor and input. */
function graphConflict(config: TrainConfig): ConfigConflict | undefined {
  const problem = graphProblem(config);
  if (!problem) return;
  if (!('processors' in config.synth)) return { key: '', paths: [['synth']], problem };
  const { processors } = config.synth;
  // the graph up to the wrong processor has the same problem as the whole graph
  const upTo = (end: number) => ({ ...config, synth: { processors: processors.slice(0, end) } });
  const wrong = processors.findIndex((_, i) => graphProblem(upTo(i + 1)) === problem);
  return { key: '', paths: [['synth', 'processors', wrong], ['synth', 'processors'], ['synth']], problem };
}

function graphProblem(config: TrainConfig): string | undefined {
  try {
    modelTensors(modelConfig(config));
  } catch (error) {
    if (error instanceof SynthGraphError) return error.message;
    throw error;
  }
}
