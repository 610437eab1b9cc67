/** Model files for the processors of this library: reading, writing and fetching. */

import { SynthGraphError } from '../synth/graph';
import { ModelError } from './errors';
import { fetchModel, type ModelSource } from './load';
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

/** Fetches and reads a model: an address, a picked file, a response, or bytes. See `fetchModel`. */
export function loadModel(source: ModelSource, fetchOptions?: RequestInit): Promise<Model> {
  return fetchModel(source, expectedTensors, fetchOptions);
}

function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  try {
    return modelTensors(config);
  } catch (cause) {
    if (cause instanceof SynthGraphError) throw new ModelError('graph', cause.message, { cause });
    throw cause;
  }
}
