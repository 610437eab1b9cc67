/** A worker's end of its thread, in Node. */

import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

/** Answers the calls of the thread that started this one; does nothing on the main thread. */
export function serve(api: object): void {
  if (parentPort) expose(api, nodeEndpoint(parentPort));
}
