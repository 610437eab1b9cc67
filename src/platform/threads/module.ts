/** Module workers: threads of pages, and of their workers. */

import type { Thread } from './thread';

/** @param explain what to do when the script at `address` cannot be had */
export function startModule(address: string, explain: string): Thread {
  const worker = new Worker(address, { type: 'module', name: 'ddsp-worklet' });
  let lose: (how: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    lose = resolve;
  });
  // a worker whose script cannot be had says nothing but that there was an error
  worker.onerror = ({ message }) => lose(message ? `failed (${message})` : explain);
  return {
    endpoint: worker,
    lost,
    async end() {
      worker.terminate();
      lose('ended');
    },
  };
}

/** All cores but one, which is the page's: it may be playing sound meanwhile. */
export function parallelism(): number {
  return Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1);
}
