/** `ddsp-worklet`: playing. Importing it does nothing by itself, in a page or on a server. */

export type { ListeningOptions } from './engine/analysis/listening';
export type { MatchingOptions } from './engine/matching/options';
export { type RenderOptions, renderOffline } from './engine/render';
export { ModelError, type ModelErrorCode } from './model/errors';
export { readModel } from './model/file';
export type * from './model/model';
export type { AnalysisFrame } from './node/analysis-feed';
export { DDSPNode, type DDSPNodeEventMap, type DDSPNodeOptions, type ModelInfo } from './node/ddsp-node';
export { type Microphone, openMicrophone } from './node/microphone';
export type { ModelInput } from './node/model-input';
