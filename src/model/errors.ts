import { DdspError, type DdspErrorOptions } from '../errors';

/**
 * What was wrong with a model file.
 *
 * - `truncated`: the file ends before its header or its tensors do
 * - `too-large`: bytes after the last tensor, an absurd header length, or a file over the limit
 * - `not-a-model`: not safetensors, or safetensors of something else
 * - `version`: a model file of another version than this library reads
 * - `metadata`: a field of the metadata is missing, ill-typed or out of range
 * - `graph`: the synth's processors cannot be run as they are connected
 * - `offsets`: tensors overlap, leave a hole, or disagree with their shapes
 * - `dtype`: a tensor is neither F32 nor F16
 * - `shape`: a tensor's shape disagrees with decoder and graph
 * - `missing-tensor`, `unknown-tensor`: the file's tensors are not the ones decoder and graph ask for
 * - `value`: a tensor holds NaN, an infinity, a number beyond 100000, or (when writing float16) beyond 65504
 * - `silent`: it plays nothing of a note in the middle of its range
 * - `too-costly`: at the given sample rate it needs more CPU or memory than the budget allows
 * - `network`: its decoder is a network in another file, which is missing, does not fit or fails
 * - `download`: the file could not be fetched, or not in time
 */
export type ModelErrorCode =
  | 'truncated'
  | 'too-large'
  | 'not-a-model'
  | 'version'
  | 'metadata'
  | 'graph'
  | 'offsets'
  | 'dtype'
  | 'shape'
  | 'missing-tensor'
  | 'unknown-tensor'
  | 'value'
  | 'silent'
  | 'too-costly'
  | 'network'
  | 'download';

/** A model that cannot be read, written or fetched; the message names the field or tensor. */
export class ModelError extends DdspError {
  override readonly name = 'ModelError';
  declare readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: DdspErrorOptions) {
    super(code, message, options);
  }
}
