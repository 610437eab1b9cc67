/** The training API of every platform. Pages that only play load none of it. */

export { type AnalyseOptions, analyseSignal as analyse, type Track } from '../analysis/track';
export { decodeAudio } from '../audio/decode';
export type { DecodedAudio } from '../audio/decoded';
export { AudioFileError } from '../audio/errors';
export { downmix, resample } from '../audio/resample';
export { writeWav } from '../audio/wav';
export { type DecoderInput, registerInput } from '../decoder/inputs';
export type { Cost } from '../dsp/cost';
export type { Heap, Pointer } from '../dsp/heap';
export { ModelError, type ModelErrorCode } from '../model/errors';
export { readModel, writeModel } from '../model/file';
export type * from '../model/model';
export { memoryStore } from '../platform/stores/memory';
export { DatabaseError, type DataStore } from '../platform/stores/store';
export type { ThreadOptions } from '../platform/threads/thread';
export { type RenderOptions, renderOffline } from '../play/render';
export { type HpnirOptions, type HpnOptions, hpn, hpnir } from '../synth/presets';
export type {
  ControlSpec,
  Knob,
  Options,
  ProcessorStream,
  ProcessorType,
  StreamContext,
} from '../synth/processor';
export { registerProcessor } from '../synth/registry';
export type {
  AudioInput,
  NoiseInput,
  Pace,
  TrainableProcessor,
  TrainableType,
  TrainContext,
} from '../synth/trainable';
export * from './config';
export { Dataset, type DatasetOptions } from './data/dataset';
export { type MeasuredInput, type MeasuredTrack, registerMeasuredInput } from './data/inputs';
export { PitchNetworkError } from './data/pitch/neural/errors';
export { PitchNetwork, type PitchNetworkFile } from './data/pitch/neural/network';
export type { PitchSettings } from './data/pitch/settings';
export { trackPitch } from './data/pitch/track';
export type { DatasetProgress } from './data/preprocess';
export type { Slice } from './data/slice-reader';
export { type AudioContent, type AudioSource, DatasetError } from './data/source';
export type { SliceRef, Split } from './data/split';
export type { DatasetSummary, RecordingSummary } from './data/summary';
export { DivergenceError, TrainingError } from './errors';
export {
  CheckpointError,
  type CheckpointSummary,
  checkpointModel,
  checkpointSummary,
} from './learn/checkpoint';
export {
  type Distances,
  FIGURE_NAMES,
  FIGURES,
  type FigureName,
  type Figures,
  showFigure,
} from './learn/metrics/figures';
export {
  type Measured,
  showYardstick,
  YARDSTICK_NAMES,
  YARDSTICKS,
  type YardstickName,
  type Yardsticks,
} from './learn/metrics/yardsticks';
export { readPretrained } from './learn/pretrained';
export { type EndReason, type TrainEvent, Trainer, type TrainerOptions } from './learn/trainer';
export type { ProgressState, Validation } from './learn/training-progress';
