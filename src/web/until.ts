/** Ends waiting early: by a signal, or because the context was closed. */

import { closedContext } from './failures';

/** What is asked of a context: any host's will do. */
export type Closable = EventTarget & { readonly state: string };

/**
 * `promise`, or a rejection as soon as `signal` aborts (with its reason) or `context` closes.
 */
export async function until<T>(
  promise: Promise<T>,
  context: Closable,
  signal: AbortSignal | undefined,
): Promise<T> {
  const ended = new AbortController();
  const early = new Promise<never>((_, reject) => {
    const abort = () => reject(signal?.reason);
    const close = () => context.state === 'closed' && reject(closedContext());
    signal?.addEventListener('abort', abort, { signal: ended.signal });
    context.addEventListener('statechange', close, { signal: ended.signal });
    if (signal?.aborted) abort();
    close();
  });
  try {
    return await Promise.race([promise, early]);
  } catch (error) {
    // what was under way may fail first, for this very reason
    throw context.state === 'closed' ? closedContext() : error;
  } finally {
    ended.abort();
  }
}
