/**
 * What training needs of a thread. `#threads` (`imports` of package.json) names the module that starts them:
 * `node.ts`, `browser.ts` for pages, `nested.ts` for the workers of pages.
 */

import type { Endpoint } from 'comlink';

export interface Thread {
  /** for comlink's `wrap` */
  readonly endpoint: Endpoint;
  /** Resolves with how, when the thread has failed or ended, by itself or by `end`; never rejects. */
  readonly lost: Promise<string>;
  end(): Promise<void>;
}

export interface ThreadOptions {
  /**
   * Where a page serves `ddsp-worklet/train/worker`, if its Content-Security-Policy forbids workers from
   * blob: addresses. By default a worker's source is part of this module. Node needs no address.
   */
  readonly workerUrl?: string | URL;
}

export type StartThread = (options?: ThreadOptions) => Promise<Thread>;
