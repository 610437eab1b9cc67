/** Threads of a page: module workers, from a Blob of source that is part of this module or from an address. */

import { source } from '../../../build/train-worker.browser';
import type { StartThread } from './thread';

export const startThread: StartThread = ({ workerUrl } = {}) => {
  const address = workerUrl ?? URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address, { type: 'module', name: 'ddsp-train' });
  let resolveLost: (how: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    resolveLost = resolve;
  });
  // a worker whose script cannot be had says nothing but that there was an error
  worker.onerror = ({ message }) => resolveLost(message ? `failed (${message})` : notLoaded(workerUrl));
  return {
    endpoint: worker,
    lost,
    async end() {
      worker.terminate();
      if (workerUrl === undefined) URL.revokeObjectURL(String(address));
      resolveLost('ended');
    },
  };
};

/** All cores but one, which is the page's: it may be playing sound meanwhile. */
export function parallelism(): number {
  return Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1);
}

function notLoaded(url: string | URL | undefined): string {
  return url === undefined
    ? "cannot be started: the page's Content-Security-Policy needs worker-src blob: and script-src " +
        "'wasm-unsafe-eval', or serve ddsp-worklet/train/worker and pass its address as workerUrl"
    : `cannot be loaded from ${url}: serve ddsp-worklet/train/worker there`;
}
