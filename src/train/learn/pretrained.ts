/** Initial weights from a trained model with the same decoder and synth. */

import { DEFAULT_INPUTS } from '../../decoder/inputs';
import { readModel } from '../../model/file';
import type { Model, ModelConfig } from '../../model/model';
import { modelTensors } from '../../model/tensors';
import { TrainingError } from '../errors';
import { checkpointModel, isCheckpoint } from './checkpoint';
import { fromTensors, type ParameterLayout } from './parameters';

/**
 * @param bytes a model file, or a checkpoint
 * @throws ModelError or CheckpointError when the file cannot be used
 */
export function readPretrained(bytes: Uint8Array): Model {
  return isCheckpoint(bytes) ? checkpointModel(bytes) : readModel(bytes);
}

/** The sections that must match. The analysis may differ: it only provides the inputs. */
const SECTIONS = ['sampleRate', 'frameRate', 'decoder', 'synth'] as const;

/**
 * The flat parameter vector of a pretrained model.
 * @param config of the new training
 * @throws TrainingError naming the tensor or the section in which the two differ
 */
export function pretrainedParameters(
  pretrained: Model,
  config: ModelConfig,
  layout: ParameterLayout,
): Float32Array<ArrayBuffer> {
  const theirs = modelTensors(pretrained);
  const ours = modelTensors(config);
  for (const [name, shape] of ours) {
    const found = theirs.get(name);
    if (found?.join() !== shape.join())
      throw different(`tensor ${name}`, found ? `[${found}]` : 'missing', `[${shape}]`);
  }
  for (const name of theirs.keys()) {
    if (!ours.has(name)) throw different(`tensor ${name}`, 'there', 'without it');
  }
  for (const section of SECTIONS) {
    const [a, b] = [pretrained, config].map((model) => JSON.stringify(named(model)[section]));
    if (a !== b) throw different(section, a, b);
  }
  return fromTensors(layout, pretrained.tensors);
}

/** A decoder that names no inputs has the default ones. */
function named<T extends ModelConfig>(model: T): T {
  return { ...model, decoder: { ...model.decoder, inputs: model.decoder.inputs ?? DEFAULT_INPUTS } };
}

function different(what: string, theirs: string, ours: string): TrainingError {
  return new TrainingError(
    `the pretrained model's ${what} is ${theirs}, the configuration's ${ours}: ` +
      'weights can only be reused with the same model and synth',
  );
}
