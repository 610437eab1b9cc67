/**
 * Downloads a model file. The bytes are counted while they arrive, after decompression, so that neither an endless
 * answer nor a compressed bomb fills the memory. A download that stands still is given up.
 */

import { messageOf } from '../errors';
import { ModelError } from './errors';
import { FILE_LIMIT } from './format';

/** Seconds without an answer, or without a further byte of it, after which a download is given up. */
export const PATIENCE = 30;

const REMEDY = 'is the address right, and does its server allow other origins (CORS)?';

/**
 * @param address relative to the page
 * @throws (rejects with) ModelError `download` if nothing is served, the download breaks off or nothing arrives for
 *   30 seconds, `too-large` beyond the limit; with the signal's own reason if `options.signal` aborts
 */
export async function download(address: string | URL, options: RequestInit = {}): Promise<Uint8Array> {
  const where = `model ${address}`;
  const { signal } = options;
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const request = fetch(address, { ...options, signal: stop.signal });
    const response = await inTime(request, where, (error) => stop.abort(error));
    return await readBody(response, where);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ModelError) throw cause;
    throw new ModelError('download', `${where}: could not be fetched (${messageOf(cause)}); ${REMEDY}`, {
      cause,
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * The body of an answer.
 * @param where what an error begins with
 * @throws (rejects with) ModelError as `download`
 */
export async function readBody(response: Response, where: string): Promise<Uint8Array> {
  try {
    refuseAnswer(response, where);
  } catch (error) {
    response.body?.cancel().catch(() => {});
    throw error;
  }
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (reader) {
      const { done, value } = await inTime(reader.read(), where, () => {});
      if (done) break;
      size += value.length;
      if (size > FILE_LIMIT) throw new ModelError('too-large', `${where}: more than ${FILE_LIMIT} bytes`);
      chunks.push(value);
    }
  } catch (cause) {
    reader?.cancel().catch(() => {});
    if (cause instanceof ModelError) throw cause;
    throw new ModelError('download', `${where}: the download broke off (${messageOf(cause)})`, { cause });
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Checks the head of an answer, so that a wrong one is not downloaded. */
function refuseAnswer({ ok, status, statusText, headers }: Response, where: string): void {
  if (!ok) throw new ModelError('download', `${where}: the server answered ${status} ${statusText}`);
  if (headers.get('content-type')?.startsWith('text/html')) {
    throw new ModelError('download', `${where}: the server sent a web page instead of a model`, {
      remedy: 'check the path',
    });
  }
  refuseSize(Number(headers.get('content-length')), where);
}

/** @throws ModelError `too-large` */
export function refuseSize(size: number, where: string): void {
  if (size > FILE_LIMIT)
    throw new ModelError('too-large', `${where}: ${size} bytes, expected at most ${FILE_LIMIT}`);
}

/** @param giveUp is called with the error before it is thrown */
async function inTime<T>(work: Promise<T>, where: string, giveUp: (error: ModelError) => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new ModelError('download', `${where}: nothing arrived for ${PATIENCE} seconds`, {
        remedy: 'check the connection and the server, and try again',
      });
      giveUp(error);
      reject(error);
    }, 1000 * PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
