/** `ddsp-worklet/train`: recordings in, a model out. Node only; nothing here reaches a page that plays. */

export { type RenderOptions, renderOffline } from '../engine/render';
export { type HpnirOptions, type HpnOptions, hpn, hpnir } from '../engine/synth/presets';
export type * from '../model/model';
export { CheckpointError, checkpointConfig } from './checkpoint';
export { defaultConfig, modelConfig, type TrainConfig } from './config';
export { type TrainEvent, Trainer, type TrainerOptions, TrainingError } from './trainer';
