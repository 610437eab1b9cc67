/** Where a model can come from. */

import type { Model } from '../model/model';
import { messageOf } from './failures';

/** An address, the bytes of a model file, or a model already read. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array | Model;

/** @throws (rejects) with the address and the reason when the file cannot be fetched or read */
export async function loadModel(source: ModelSource, signal?: AbortSignal): Promise<Model> {
  if (typeof source === 'string' || source instanceof URL) {
    return readModel(await fetchBytes(String(source), signal));
  }
  if (source instanceof Uint8Array) return readModel(source);
  if (source instanceof ArrayBuffer) return readModel(new Uint8Array(source));
  return source;
}

async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new Error(`The model ${url} could not be fetched: ${messageOf(cause)}`, { cause });
  }
  if (!response.ok) throw new Error(`The model ${url} could not be fetched: HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function readModel(_bytes: Uint8Array): Model {
  throw new Error('Model files cannot be read yet; pass a Model.');
}
