/** The training worker of Node, bundled into a string that `startThread` runs. */

import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { workerApi } from './learn/worker-api';

if (parentPort) expose(workerApi, nodeEndpoint(parentPort));
