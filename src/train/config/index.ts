/** The configuration of a training run. */

export * from './config';
export { datasetOptions, modelConfig } from './parts';
