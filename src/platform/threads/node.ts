/** Threads of Node. */

import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { source } from '../../../build/train-worker';
import { packagePlaces } from '../lazy-packages/node';
import type { StartThread } from './thread';

/**
 * ms that a thread rests before it ends. Node 20 may abort the whole process where V8 still optimizes
 * functions of a thread that is gone ("IsolatePlatformDelegate* ForIsolate, Assertion failed").
 */
const REST = 100;

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
      await setTimeout(REST);
      await worker.terminate();
    },
  };
};

/** Threads that compute at full speed beside each other. */
export function parallelism(): number {
  return availableParallelism();
}
