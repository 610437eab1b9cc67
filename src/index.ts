export type * from './model/model';
export type { AnalysisFrame } from './node/analysis-feed';
export { DDSPNode, type DDSPNodeEventMap, type DDSPNodeOptions, type ModelInfo } from './node/ddsp-node';
export { openMicrophone } from './node/microphone';
export type { ModelSource } from './node/model-source';
