/**
 * The worker of a page, bundled into one file. A project runs in one worker, which starts further workers from
 * the same file to preprocess recordings and compute gradients.
 */

import { expose } from 'comlink';
import { workerApi } from '../train/learn/worker-api';
import { Host } from './host';

const api = { ...workerApi, openProject: Host.open };
export type PageWorkerApi = typeof api;

expose(api);
