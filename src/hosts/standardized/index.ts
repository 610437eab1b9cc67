/** `ddsp-worklet/standardized`: DDSPNode for standardized-audio-context. */

export { DDSPNode, type DDSPNodeClass, type DDSPNodeEventMap } from './ddsp-node';
