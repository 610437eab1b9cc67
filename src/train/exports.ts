/** What training offers on every platform; nothing of it reaches a page that only plays. */

export { type AnalyseOptions, analyseSignal as analyse, type Track } from '../engine/analysis/track';
export { type RenderOptions, renderOffline } from '../engine/render';
export { type HpnirOptions, type HpnOptions, hpn, hpnir } from '../engine/synth/presets';
export { ModelError, type ModelErrorCode } from '../model/errors';
export { readModel, writeModel } from '../model/file';
export type * from '../model/model';
export { decodeAudio } from './audio/decode';
export type { DecodedAudio } from './audio/decoded';
export { AudioFileError } from './audio/errors';
export { downmix, resample } from './audio/resample';
export { writeWav } from './audio/wav';
export {
  CheckpointError,
  type CheckpointSummary,
  checkpointModel,
  checkpointSummary,
} from './checkpoint';
export * from './config';
export { Dataset, type DatasetOptions } from './dataset/dataset';
export type { DatasetProgress } from './dataset/preprocess';
export type { Slice } from './dataset/slice-reader';
export { type AudioContent, type AudioSource, DatasetError } from './dataset/source';
export type { SliceRef, Split } from './dataset/split';
export { memoryStore } from './dataset/stores/memory';
export { DatabaseError, type DataStore } from './dataset/stores/store';
export type { DatasetSummary, RecordingSummary } from './dataset/summary';
export { DivergenceError, TrainingError } from './errors';
export {
  type Distances,
  FIGURE_NAMES,
  FIGURES,
  type FigureName,
  type Figures,
  showFigure,
} from './metrics/figures';
export { PitchNetworkError } from './pitch/neural/errors';
export { PitchNetwork, type PitchNetworkFile } from './pitch/neural/network';
export type { PitchSettings } from './pitch/settings';
export { trackPitch } from './pitch/track';
export { readPretrained } from './pretrained';
export type { ProgressState, Validation } from './progress';
export type { ThreadOptions } from './threads/thread';
export { type EndReason, type TrainEvent, Trainer, type TrainerOptions } from './trainer';
