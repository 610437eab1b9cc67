/** The values of a frame: one for each input of a model's decoder. */

import { DEFAULT_INPUTS, decoderInput } from '../../decoder/inputs';
import type { DecoderConfig } from '../../model/model';

export class FrameValues {
  /** names of the decoder's inputs, `f0` and `loudness` first */
  readonly names: readonly string[];
  readonly #defaults: Float64Array;

  constructor({ inputs = DEFAULT_INPUTS }: DecoderConfig) {
    this.names = inputs;
    this.#defaults = Float64Array.from(inputs, (name) => decoderInput(name)!.default);
  }

  /** A frame of default values. */
  create(): Float64Array {
    return this.#defaults.slice();
  }
}
