/** A worker's end of its thread, in a page. */

import { expose } from 'comlink';

/** Answers the calls of the thread that started this one. */
export function serve(api: object): void {
  expose(api);
}
