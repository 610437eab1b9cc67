/** What a node takes as its model. */

import { loadModel } from '../model/file';
import type { ModelSource } from '../model/load';
import type { Model } from '../model/model';

/** Where a model file is (an address, a picked file, a response, its bytes), or a model already read. */
export type ModelInput = ModelSource | Model;

/** @throws (rejects with) ModelError where the file cannot be fetched or read */
export async function resolveModel(input: ModelInput, signal?: AbortSignal): Promise<Model> {
  return isModel(input) ? input : loadModel(input, { signal });
}

function isModel(input: ModelInput): input is Model {
  return typeof input === 'object' && 'tensors' in input;
}
