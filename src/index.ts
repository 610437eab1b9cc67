/** `ddsp-worklet`: playing. Importing it does nothing by itself, in a page or on a server. */

export type { ListeningOptions } from './analysis/listening';
export { CONTROLS, type Control, type ControlName, type ControlOptions } from './controls';
export type { Cost } from './dsp/cost';
export type { Heap, Pointer } from './dsp/heap';
export { DdspError, type DdspErrorOptions, OptionError } from './errors';
export { ModelError, type ModelErrorCode } from './model/errors';
export type { ModelSource } from './model/load';
export type * from './model/model';
export * from './offline';
export type { MatchingOptions } from './play/matching/options';
export type { PlayerData } from './play/matching/player-data';
export type { NoteMode } from './play/notes/note-mode';
export type {
  ControlSpec,
  Knob,
  Options,
  ProcessorStream,
  ProcessorType,
  StreamContext,
} from './synth/processor';
export type {
  AudioInput,
  NoiseInput,
  Pace,
  TrainableProcessor,
  TrainableType,
  TrainContext,
} from './synth/trainable';
export type {
  ControlParams,
  DDSPNodeClass,
  DDSPNodeEventMap,
  DDSPNodeOptions,
  InstrumentEventMap,
  InstrumentNode,
  ModelInfo,
  SetModelOptions,
} from './web/ddsp-node';
export type { AnalysisFrame, NoteEvent } from './web/heard';
export { type Microphone, openMicrophone } from './web/microphone';
export type { ModelInput } from './web/model-input';
export { DDSPNode } from './web/native';
