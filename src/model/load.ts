/** Fetches a model file, in a page or wherever there is `fetch`. */

import { messageOf } from '../errors';
import { ModelError } from './errors';
import { FILE_LIMIT } from './read';

/** An address, a file picked by the user, a response, or the bytes themselves. */
export type ModelSource = string | URL | Blob | Response | ArrayBuffer | Uint8Array;

/**
 * Reads a model file from wherever it is, as bytes.
 * @param source a string is a URL, relative to the page
 * @param fetchOptions for a URL; its `signal` rejects with the signal's own reason
 * @throws ModelError `download` when nothing (or an error page) was served, `too-large` beyond the limit
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
  const response = source instanceof Response ? source : await request(source, fetchOptions);
  return download(response, String(source), fetchOptions?.signal);
}

async function request(address: string | URL, options?: RequestInit): Promise<Response> {
  try {
    return await fetch(address, options);
  } catch (cause) {
    options?.signal?.throwIfAborted();
    throw new ModelError(
      'download',
      `model ${address}: could not be fetched (${messageOf(cause)}); is the address right, and does its server allow other origins (CORS)?`,
      { cause },
    );
  }
}

async function download(
  response: Response,
  address: string,
  signal: AbortSignal | null | undefined,
): Promise<ArrayBuffer> {
  const where = `model ${response.url || address}`;
  try {
    refuseAnswer(response, where);
  } catch (error) {
    response.body?.cancel().catch(() => {});
    throw error;
  }
  try {
    return await response.arrayBuffer();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ModelError('download', `${where}: the download broke off (${messageOf(cause)})`, { cause });
  }
}

/** Looks at the head of an answer, so that a wrong one is not downloaded. */
function refuseAnswer({ ok, status, statusText, headers }: Response, where: string): void {
  if (!ok) throw new ModelError('download', `${where}: the server answered ${status} ${statusText}`);
  if (headers.get('content-type')?.startsWith('text/html'))
    throw new ModelError(
      'download',
      `${where}: the server sent a web page instead of a model: check the path`,
    );
  refuseSize(Number(headers.get('content-length')), where);
}

function refuseSize(size: number, where: string): void {
  if (size > FILE_LIMIT)
    throw new ModelError('too-large', `${where}: ${size} bytes, expected at most ${FILE_LIMIT}`);
}
