/** The entry `ddsp-worklet/train` for Node. */

export { folderStore } from '../platform/stores/folder';
export { audioFolder } from './data/folder';
export * from './exports';
export { RunFolder } from './run/folder';
export { type RecorderOptions, RunRecorder } from './run/recorder';
export { FileError, RUN_FILES, RUN_FOLDERS, type RunStore } from './run/store';
