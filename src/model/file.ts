/** Model files for the processors of this library: reading and writing. */

import { SynthGraphError } from '../synth/graph';
import { ModelError } from './errors';
import type { Model, ModelConfig } from './model';
import { parseModel } from './read';
import { modelTensors } from './tensors';
import { serialiseModel, type WriteOptions } from './write';

/** @throws ModelError naming the field or tensor that is wrong; see `ModelErrorCode` */
export function readModel(bytes: ArrayBuffer | Uint8Array): Model {
  return parseModel(bytes, expectedTensors);
}

/** @throws ModelError naming the field or tensor that is wrong: what cannot be read back is not written */
export function writeModel(model: Model, options?: WriteOptions): Uint8Array<ArrayBuffer> {
  return serialiseModel(model, expectedTensors, options);
}

function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  try {
    return modelTensors(config);
  } catch (cause) {
    if (cause instanceof SynthGraphError) throw new ModelError('graph', cause.message, { cause });
    throw cause;
  }
}
