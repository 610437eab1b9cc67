/** `ddsp-worklet/train` in a page (also `ddsp-worklet/train/browser`): recordings in, a model out. */

export { indexedDbStore } from './dataset/stores/indexed-db';
export * from './exports';
