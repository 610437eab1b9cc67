/** `ddsp-worklet/train` in a page (also `ddsp-worklet/train/browser`): recordings in, a model out. */

export * from './exports';
