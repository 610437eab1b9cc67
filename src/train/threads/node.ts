/** Threads of Node. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { source } from '../../../build/train-worker';
import { packagePlaces } from '../packages/node';
import type { StartThread } from './thread';

export const startThread: StartThread = async () => {
  const worker = new Worker(source, { eval: true, workerData: { packages: packagePlaces() } });
  const lost = new Promise<string>((resolve) => {
    worker.once('error', ({ message }) => resolve(`failed (${message})`));
    worker.once('exit', (code) => resolve(`ended (code ${code})`));
  });
  return {
    endpoint: nodeEndpoint(worker),
    lost,
    async end() {
      await worker.terminate();
    },
  };
};

/** Threads that compute at full speed beside each other. */
export function parallelism(): number {
  return availableParallelism();
}
