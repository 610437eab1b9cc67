/** A model in memory: what the model file holds (format and validation beside this file). */

/** How f0 and loudness enter the decoder; `linear`: (f0 - 32) / 1968 and loudness / 80 + 1. */
export type InputScale = 'linear' | 'log';

export interface AnalysisConfig {
  /** W, samples at the model's rate; even */
  readonly window: number;
  /** Hz; the longest lag is sampleRate / pitchMin */
  readonly pitchMin: number;
  /** Hz */
  readonly pitchMax: number;
  /** of the cumulative mean normalised difference; below it a frame is voiced */
  readonly threshold: number;
  /**
   * Which dip of the difference function is the period: `first`, the first below the threshold (YIN's own
   * rule, and what a file means that says nothing), or `clear`, the first about as low as the lowest.
   */
  readonly dip?: 'first' | 'clear';
}

export interface DecoderConfig {
  /** h: width of every layer and of the GRU */
  readonly hidden: number;
  readonly inputScale: InputScale;
}

/** One processor of the graph: its type, its options, and where its audio inputs come from. */
export interface SynthNode {
  readonly name: string;
  readonly type: string;
  /** audio input -> name of the processor that feeds it */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, number>>;
}

export interface SynthGraph {
  /** in the order they run; the last one is heard */
  readonly processors: readonly SynthNode[];
}

/** Of the training data's voiced frames (f0) and of its frames above the floor (loudness). */
export interface Statistics {
  /** Hz: 5th, 50th and 95th percentiles */
  readonly f0: readonly [number, number, number];
  /** dB: 5th, 50th and 95th percentiles */
  readonly loudness: readonly [number, number, number];
}

export interface About {
  readonly name: string;
  readonly authors?: readonly string[];
  readonly description?: string;
  readonly licence?: string;
  readonly credits?: readonly string[];
  readonly trainedOn?: readonly string[];
}

export interface ModelConfig {
  /** Hz */
  readonly sampleRate: number;
  /** R, frames a second; the hop is round(sampleRate / R) */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  readonly decoder: DecoderConfig;
  readonly synth: SynthGraph;
}

export interface Model extends ModelConfig {
  readonly statistics: Statistics;
  readonly about: About;
  /** by PyTorch's names: `estimator.*` (row-major [out, in]) and the learned tensors of processors (`ir`) */
  readonly tensors: Readonly<Record<string, Float32Array>>;
}
