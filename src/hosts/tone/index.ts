/** `ddsp-worklet/tone`: a Tone.js node. */

export { DDSP, type DDSPOptions } from './ddsp';
