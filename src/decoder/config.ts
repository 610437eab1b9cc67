/** How f0 enters the decoder; see `pitchInput`. */
export type InputScale = 'linear' | 'log';

export interface DecoderConfig {
  /** h: width of every layer and of the GRU */
  readonly hidden: number;
  readonly inputScale: InputScale;
  /** names of what the decoder is told in each frame (see inputs.ts); default `f0`, `loudness` */
  readonly inputs?: readonly string[];
}

/** Before the names of the decoder's tensors in a model file, as in the reference's state dict. */
export const DECODER_PREFIX = 'estimator.';
