/** What a node takes as its model. */

import { fetchModelFile, type ModelSource } from '../model/load';
import type { Model } from '../model/model';
import type { Preparation } from './preparation';

/** Where a model file is (an address, a picked file, a response, its bytes), or a model already read. */
export type ModelInput = ModelSource | Model;

/** Models that somebody still plays, by the hash of their file: equal files give the same model object. */
const known = new Map<string, WeakRef<Model>>();

/**
 * @param preparation reads the file
 * @throws (rejects with) ModelError where the file cannot be fetched or read
 */
export async function resolveModel(
  input: ModelInput,
  preparation: Preparation | Promise<Preparation>,
  signal?: AbortSignal,
): Promise<Model> {
  if (isModel(input)) return input;
  const [bytes, { readModel }] = await Promise.all([fetchModelFile(input, { signal }), preparation]);
  const hash = await hashOf(bytes);
  const model = known.get(hash)?.deref() ?? readModel(bytes);
  known.set(hash, new WeakRef(model));
  return model;
}

async function hashOf(bytes: ArrayBuffer | Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as BufferSource);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isModel(input: ModelInput): input is Model {
  return typeof input === 'object' && input !== null && 'tensors' in input;
}
