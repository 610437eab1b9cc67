/** A checkpoint of realtimeDDSP, as PyTorch Lightning writes it. */

import { member } from '../../torch/member';
import type { TorchFile } from '../../torch/torch-file';
import { Dict, Instance, type TensorRef, type Value } from '../../torch/values';
import { ImportError } from '../errors';
import type { Imported } from '../imported';
import type { ImportOptions } from '../options';
import { Configuration } from './configuration';
import { convertDecoder } from './decoder';
import { convertGraph } from './graph';
import { readOwn } from './own';
import { checkProcessorCount, type ForeignProcessor } from './processor';

const PREFIX = 'estimator.';
/** its configuration's own */
const DEFAULT_FRAME_RATE = 50;
/** of its export, where the configuration says nothing */
const PITCH_RANGE = [50, 2000] as const;
/** samples, whatever the sample rate */
const WINDOW = 2048;
const THRESHOLD = 0.1;

/**
 * @param tensors the state dict, checked
 * @throws ImportError
 */
export function importCheckpoint(
  file: TorchFile,
  root: Dict,
  tensors: ReadonlyMap<string, TensorRef>,
  options: ImportOptions,
): Imported {
  const parameters = member(root, 'hyper_parameters');
  if (parameters === undefined)
    throw new ImportError(
      'unsupported',
      'checkpoint without hyper_parameters: its graph and sample rate are unknown',
      {
        remedy: 'import the checkpoint that training wrote',
      },
    );
  const synthNode = member(parameters, 'synth_cfg');
  const modelNode = member(parameters, 'model_cfg');
  refuseStrangers(parameters);
  const config = new Configuration(synthNode ?? modelNode);
  const sampleRate = config.get(modelNode, 'sample_rate') ?? config.get(config.root, 'sample_rate');
  if (
    typeof sampleRate !== 'number' ||
    !Number.isInteger(sampleRate) ||
    sampleRate < 8000 ||
    sampleRate > 192_000
  )
    throw new ImportError(
      'unsupported',
      `checkpoint whose sample rate is ${shown(sampleRate)}, expected a whole number from 8000 to 192000`,
    );

  const converted = convertGraph({
    processors: processorsOf(file, config, synthNode, tensors),
    conditions: new Set(config.items(synthNode, 'conditioned').filter((name) => typeof name === 'string')),
    sampleRate,
  });
  const decoder = convertDecoder(
    (name) => {
      const tensor = tensors.get(PREFIX + name);
      return tensor && { shape: tensor.shape, values: () => file.values(PREFIX + name, tensor) };
    },
    converted.outputs,
    converted.rows,
  );

  const notes = [...converted.notes];
  const stored = config.get(config.root, 'data', 'frame_rate');
  const frameRate = typeof stored === 'number' ? stored : (options.frameRate ?? DEFAULT_FRAME_RATE);
  if (typeof stored !== 'number' && options.frameRate === undefined)
    notes.push(`The file holds no frame rate: ${DEFAULT_FRAME_RATE} frames a second were assumed.`);
  const [low = PITCH_RANGE[0], high = PITCH_RANGE[1]] = config
    .items(config.root, 'data', 'f0_range')
    .filter((hz) => typeof hz === 'number');
  const own = readOwn(config.get(config.root, 'ddsp_worklet'));
  return {
    model: {
      sampleRate,
      frameRate,
      analysis: own?.analysis ?? { window: WINDOW, pitchMin: low, pitchMax: high, threshold: THRESHOLD },
      decoder: { hidden: decoder.hidden, inputScale: 'linear' },
      synth: converted.synth,
      tensors: { ...decoder.tensors, ...converted.tensors },
    },
    about: own?.about ?? nameOf(config),
    statistics: own?.statistics,
    source: own ? null : sourceOf(root),
    notes: own ? [] : notes,
  };
}

function processorsOf(
  file: TorchFile,
  config: Configuration,
  synthNode: Value | undefined,
  tensors: ReadonlyMap<string, TensorRef>,
): ForeignProcessor[] {
  const dag = config.entries(synthNode, 'dag');
  checkProcessorCount(dag.length);
  return dag.map(([name, node], index) => {
    const target = config.get(node, 'config', '_target_');
    const connections = config
      .entries(node, 'connections')
      .map(([input, source]): [string, string] => [input, String(source)]);
    return {
      name,
      kind: typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : 'unknown',
      option: (key) => config.get(node, 'config', key),
      tensor(key) {
        const full = `synth.processors.${index}.${key}`;
        const tensor = tensors.get(full);
        return tensor && file.values(full, tensor);
      },
      connections: new Map(connections),
    };
  });
}

/** Objects among the hyper-parameters that are no configuration: what they mean is unknown. */
function refuseStrangers(parameters: Value): void {
  const dict = parameters instanceof Instance ? parameters.items : parameters;
  if (!(dict instanceof Dict))
    throw new ImportError('pickle', 'checkpoint whose hyper_parameters are no dictionary');
  for (const [key, value] of dict.entries) {
    if (value instanceof Instance && !value.global.module.startsWith('omegaconf.'))
      throw new ImportError(
        'pickle',
        `checkpoint whose hyper-parameter ${shown(key)} is an object of "${value.global.name}"`,
      );
  }
}

/** The run's name, unless it looks like a path. */
function nameOf(config: Configuration): { name?: string } {
  const name = config.get(config.root, 'name');
  return typeof name === 'string' && /^[\w .-]{1,80}$/.test(name) ? { name } : {};
}

function sourceOf(root: Dict): string {
  const version = root.entries.get('pytorch-lightning_version');
  const step = root.entries.get('global_step');
  const details = [
    ...(typeof version === 'string' && /^[\w.+-]{1,40}$/.test(version)
      ? [`PyTorch Lightning ${version}`]
      : []),
    ...(typeof step === 'number' ? [`step ${step}`] : []),
  ];
  return `a checkpoint of realtimeDDSP${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return 'missing';
  return typeof value === 'object' ? 'no plain value' : String(value).slice(0, 60);
}
