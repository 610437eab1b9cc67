/** How f0 enters the decoder; see `pitchInput`. */
export type InputScale = 'linear' | 'log' | 'hertz';

/** How the layers of a decoder are arranged. */
export interface Architecture {
  /** layers before the GRU: one stack for all inputs, or one for each input */
  readonly stacks: 'joint' | 'separate';
  /** skip connection past the GRU: none, the inputs, or the outputs of the stacks */
  readonly skip: 'none' | 'inputs' | 'stacks';
  /** slope of the activation below zero, 0 to 1; 0 is ReLU */
  readonly slope: number;
  /** epsilon of LayerNorm, added to the variance */
  readonly epsilon: number;
}

/** That of realtimeDDSP, and of every model that is trained here. */
export const DEFAULT_ARCHITECTURE: Architecture = {
  stacks: 'joint',
  skip: 'none',
  slope: 0,
  epsilon: 1e-5,
};

/** Loudness enters as (dB - mean) / deviation. */
export interface LoudnessScale {
  /** dB */
  readonly mean: number;
  /** dB, more than 0 */
  readonly deviation: number;
}

export interface DecoderConfig {
  /** h: width of every layer and of the GRU; values of the state of a `network` */
  readonly hidden: number;
  readonly inputScale: InputScale;
  /** names of the inputs of a frame (see inputs.ts); default `f0`, `loudness` */
  readonly inputs?: readonly string[];
  /** default: (dB + 80) / 80 */
  readonly loudness?: LoudnessScale;
  /** of models that were trained elsewhere; default `DEFAULT_ARCHITECTURE` */
  readonly architecture?: Architecture;
  /** name of an ONNX file that is the decoder (network.ts); default: the tensors of the model */
  readonly network?: string;
}

/** Before the names of the decoder's tensors in a model file, as in the reference's state dict. */
export const DECODER_PREFIX = 'estimator.';
