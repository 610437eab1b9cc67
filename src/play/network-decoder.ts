/** Decoders that are networks in separate files (`ddsp-worklet/onnx`). */

import { ModelError } from '../model/errors';

/** Runs such a network. It answers asynchronously, so an engine cannot wait for it. */
export interface NetworkDecoder {
  /**
   * Decodes the frames of one sound, from its beginning.
   * @param features inputs of the decoder, scaled as the model says: (frames, inputs)
   * @returns controls: (frames, outputs), each 0..1
   * @throws (rejects with) ModelError `network` if the network fails; the signal's reason when aborted
   */
  decode(features: Float32Array, signal?: AbortSignal): Promise<Float32Array>;
}

export function networkNeeded(file: string): ModelError {
  return new ModelError('network', `the decoder of this model is the network ${file}, which is not given`, {
    remedy: 'load it with OnnxDecoder of ddsp-worklet/onnx, and pass it to an offline render as `decoder`',
  });
}
