/** Fetches a model file, in a page or wherever there is `fetch`. */

import { download, readBody, refuseSize } from './download';

/** An address, a file picked by the user, a response, or the bytes themselves. */
export type ModelSource = string | URL | Blob | Response | ArrayBuffer | Uint8Array;

/**
 * Reads a model file from wherever it is, as bytes.
 * @param source a string is a URL, relative to the page
 * @param fetchOptions for a URL; its `signal` rejects with the signal's own reason
 * @throws (rejects with) ModelError `download` if nothing (or an error page) is served, or nothing arrives for 30
 *   seconds; `too-large` beyond 256 MiB
 */
export async function fetchModelFile(
  source: ModelSource,
  fetchOptions?: RequestInit,
): Promise<ArrayBuffer | Uint8Array> {
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) return source;
  if (source instanceof Blob) {
    refuseSize(source.size, 'the file');
    return source.arrayBuffer();
  }
  if (source instanceof Response) return readBody(source, `model ${source.url || 'of the response'}`);
  return download(source, fetchOptions);
}
