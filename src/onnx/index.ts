/** `ddsp-worklet/onnx`: decoders that are ONNX files, run by onnxruntime-web. Importing it loads nothing of that package. */

export { ModelError, type ModelErrorCode } from '../model/errors';
export type { Model } from '../model/model';
export type { NetworkDecoder } from '../play/network-decoder';
export { OnnxDecoder, type OnnxFile } from './decoder';
