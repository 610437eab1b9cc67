/** `ddsp-worklet`: playing. Importing it does nothing by itself, in a page or on a server. */

export type { ListeningOptions } from './analysis/listening';
export { type WavOptions, writeWav } from './audio/wav';
export type { Heap, Pointer } from './dsp/heap';
export { ModelError, type ModelErrorCode } from './model/errors';
export { readModel } from './model/file';
export type * from './model/model';
export type { MatchingOptions } from './play/matching/options';
export { type RenderOptions, renderOffline } from './play/render';
export type {
  ControlSpec,
  Knob,
  Options,
  ProcessorStream,
  ProcessorType,
  StreamContext,
} from './synth/processor';
export { registerProcessor } from './synth/registry';
export type {
  AudioInput,
  NoiseInput,
  Pace,
  TrainableProcessor,
  TrainableType,
  TrainContext,
} from './synth/trainable';
export type { AnalysisFrame } from './web/analysis-feed';
export { DDSPNode, type DDSPNodeEventMap, type DDSPNodeOptions, type ModelInfo } from './web/ddsp-node';
export { type Microphone, openMicrophone } from './web/microphone';
export type { ModelInput } from './web/model-input';
