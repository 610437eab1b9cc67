/** Threads of a page: module workers, from a Blob of source that is part of this module or from an address. */

import type { StartThread, Thread } from './thread';

export const startThread: StartThread = async ({ workerUrl } = {}) => {
  if (workerUrl !== undefined) return startModule('worker', '', String(workerUrl));
  // as a chunk of its own, which a page loads when it trains: decoders and all it has 3 MB
  return startModule('worker', (await import('../../../build/train-worker.browser')).source);
};

/** All cores but one, which is the page's: it may be playing sound meanwhile. */
export function parallelism(): number {
  return Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1);
}

/**
 * Starts a worker that is not a trainer's.
 * @param name of the package's file that it runs, under `ddsp-worklet/train/`
 * @param source what it runs where there is no `url`
 */
export function startModule(name: 'worker' | 'host', source: string, url?: string): Thread {
  const blob = url === undefined && URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(blob || url!, { type: 'module', name: `ddsp-${name}` });
  let lose: (how: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    lose = resolve;
  });
  // a worker whose script cannot be had says nothing but that there was an error
  worker.onerror = ({ message }) => lose(message ? `failed (${message})` : notLoaded(name, url));
  return {
    endpoint: worker,
    lost,
    async end() {
      worker.terminate();
      if (blob) URL.revokeObjectURL(blob);
      lose('ended');
    },
  };
}

function notLoaded(name: string, url: string | undefined): string {
  return url === undefined
    ? "cannot be started: the page's Content-Security-Policy needs worker-src blob: and script-src " +
        `'wasm-unsafe-eval'; or serve ddsp-worklet/train/${name} and pass its address as ${name}Url`
    : `cannot be loaded from ${url}: serve ddsp-worklet/train/${name} there`;
}
