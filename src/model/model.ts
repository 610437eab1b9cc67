/** A model in memory: the contents of a model file. */

import type { AnalysisConfig } from '../analysis/config';
import type { DecoderConfig } from '../decoder/config';
import type { SynthGraph } from '../synth/description';
import type { Articulation } from './articulation';

export type { AnalysisConfig } from '../analysis/config';
export type { DecoderConfig, InputScale } from '../decoder/config';
export type { SynthGraph, SynthNode } from '../synth/description';
export type { Articulation, Attack, Vibrato } from './articulation';

/** Percentiles of the training data: of f0 over voiced frames, of loudness over frames above the floor. */
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
  /** R, frames per second; the hop is round(sampleRate / R) */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  readonly decoder: DecoderConfig;
  readonly synth: SynthGraph;
}

export interface Model extends ModelConfig {
  readonly statistics: Statistics;
  /** how notes begin, end, connect and vibrate; default: plain curves */
  readonly articulation?: Articulation;
  readonly about: About;
  /** by name: `estimator.*` as in PyTorch, row-major (out, in), and the learned tensors of processors (`ir`) */
  readonly tensors: Readonly<Record<string, Float32Array>>;
}
