/** What a training run is made from. Every field has a default; `TrainConfig` is plain data. */

import { hpn, hpnir } from '../engine/synth/presets';
import type { AnalysisConfig, DecoderConfig, ModelConfig, SynthGraph } from '../model/model';
import { DEFAULT_SILENCE } from './dataset/slices';

export interface SynthPreset {
  /** `hpnir`: harmonics, filtered noise, learned reverb; `hpn`: without the reverb */
  readonly preset: 'hpnir' | 'hpn';
  /** K, harmonics of the oscillator bank */
  readonly harmonics: number;
  /** noise magnitudes */
  readonly bands: number;
  /** seconds of the learned impulse response */
  readonly irSeconds: number;
}

export interface DataConfig {
  /** length of an example */
  readonly sliceSeconds: number;
  /** dB of the analysis' loudness below which a frame is silent; slices of silence are dropped */
  readonly silence: number;
  /** Hz: the instrument's range, within the analysis' own; keeps octave errors out of the data */
  readonly pitchMin: number;
  readonly pitchMax: number;
  /**
   * Share of the examples that are played more quietly than recorded, by up to `quietest` dB. Recordings
   * end before silence does; this is how the model learns to fade to it instead of humming.
   */
  readonly quietShare: number;
  /** dB, negative */
  readonly quietest: number;
}

export interface LossConfig {
  /** FFT sizes of the multi-scale spectral loss */
  readonly sizes: readonly number[];
}

export interface OptimizerConfig {
  /** Adam's, at the start */
  readonly learningRate: number;
  /** the learning rate falls along half a cosine to this share of itself at the last step; 1 keeps it */
  readonly finalShare: number;
  /** gradients longer than this (L2, all together) are scaled down to it */
  readonly clipNorm: number;
}

export interface RunConfig {
  /** optimizer steps in all */
  readonly steps: number;
  /** examples (1 s slices) a step, shared among the workers */
  readonly batchSize: number;
  /** decides initial weights, order and noise */
  readonly seed: number;
  /** share of the slices held out from training */
  readonly validationFraction: number;
  /** steps between validations */
  readonly validateEvery: number;
  /** steps between checkpoints */
  readonly checkpointEvery: number;
}

export interface TrainConfig {
  /** Hz, of the model */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  readonly decoder: DecoderConfig;
  /** a preset with its sizes, or a graph of one's own */
  readonly synth: SynthPreset | SynthGraph;
  readonly data: DataConfig;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  readonly run: RunConfig;
}

export const defaultConfig = {
  sampleRate: 48000,
  frameRate: 100,
  analysis: { window: 1440, pitchMin: 65, pitchMax: 2000, threshold: 0.15 },
  decoder: { hidden: 64, inputScale: 'log' },
  synth: { preset: 'hpnir', harmonics: 100, bands: 65, irSeconds: 1 },
  data: {
    sliceSeconds: 1,
    silence: DEFAULT_SILENCE,
    pitchMin: 65,
    pitchMax: 2000,
    quietShare: 0.2,
    quietest: -70,
  },
  loss: { sizes: [64, 128, 256, 512, 1024, 2048] },
  optimizer: { learningRate: 1e-3, finalShare: 0.1, clipNorm: 3 },
  run: {
    steps: 5000,
    batchSize: 16,
    seed: 1,
    validationFraction: 0.1,
    validateEvery: 250,
    checkpointEvery: 250,
  },
} as const satisfies TrainConfig;

/** How recordings become the slices of a run: what `Dataset.fromFiles` takes. */
export function datasetOptions({ sampleRate, frameRate, analysis, data }: TrainConfig) {
  const { sliceSeconds, silence } = data;
  const pitchMin = Math.max(analysis.pitchMin, data.pitchMin);
  const pitchMax = Math.min(analysis.pitchMax, data.pitchMax);
  return { sampleRate, frameRate, analysis: { ...analysis, pitchMin, pitchMax }, sliceSeconds, silence };
}

/** The part of a configuration that the model file keeps. */
export function modelConfig(config: TrainConfig): ModelConfig {
  const { sampleRate, frameRate, analysis, decoder, synth } = config;
  return { sampleRate, frameRate, analysis, decoder, synth: synthGraph(synth, sampleRate) };
}

function synthGraph(synth: SynthPreset | SynthGraph, sampleRate: number): SynthGraph {
  if ('processors' in synth) return synth;
  const { preset, harmonics, bands, irSeconds } = synth;
  if (preset === 'hpn') return hpn({ harmonics, bands });
  // The response's first tap, always zero, is not learned.
  return hpnir({ harmonics, bands, irLength: Math.round(irSeconds * sampleRate) - 1 });
}
