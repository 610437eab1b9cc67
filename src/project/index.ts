/** The entry `ddsp-worklet/train` for pages (also `ddsp-worklet/train/browser`). */

export { deleteIndexedDb, indexedDbStore } from '../platform/stores/indexed-db';
export type { HeldOut } from '../train/data/held-out';
export * from '../train/exports';
export type { Comparison } from './host';
export type { LossCurves } from './loss-curves';
export type { Overview } from './overview';
export {
  type AddOptions,
  type NewProject,
  type ProjectTrainOptions,
  TrainingProject,
} from './project';
export { type ProjectInfo, type ProjectRecord, StorageError } from './storage';
export type { TrainingState } from './timed-training';
