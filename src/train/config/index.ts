/** The configuration of a training run. */

export * from './config';
export { about, datasetOptions, modelConfig } from './parts';
