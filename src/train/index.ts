/** `ddsp-worklet/train` in Node: recordings in, a model out. */

export { audioFolder } from './dataset/folder';
export * from './exports';
