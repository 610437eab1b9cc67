/** The configuration of a training run. */

export { readAssignments } from './assignments';
export * from './config';
export { ConfigError } from './error';
export { ConfigLayer } from './layer';
export { about, datasetOptions, modelConfig } from './parts';
export { type ConfigChanges, resolveConfig } from './resolve';
export { configYaml, readConfigYaml } from './yaml';
