/** `ddsp-worklet/train` in Node: recordings in, a model out. */

export { audioFolder } from './dataset/folder';
export { lmdbStore } from './dataset/stores/lmdb';
export * from './exports';
