/** `ddsp-worklet/train` in Node: recordings in, a model out. */

export { audioFolder } from './dataset/folder';
export { lmdbStore } from './dataset/stores/lmdb';
export * from './exports';
export { RunFolder } from './runs/folder';
export { type RecorderOptions, RunRecorder } from './runs/recorder';
export { RUN_FILES, RUN_FOLDERS, type RunStore, StoreError } from './runs/store';
