/**
 * A worker of a page. Bundled into one file, which starts threads from its own address: a project is open in
 * one worker, which has others make its recordings and its gradients.
 */

import { expose } from 'comlink';
import { workerApi } from '../train/learn/worker-api';
import { Host } from './host';

const api = { ...workerApi, openProject: Host.open };
export type PageWorkerApi = typeof api;

expose(api);
