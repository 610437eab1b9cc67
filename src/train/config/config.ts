/** What a training run is made from: plain data in six sections, every field with a default. */

import type { AnalysisConfig, DecoderConfig, SynthGraph } from '../../model/model';
import { DEFAULT_SILENCE } from '../data/slices';
import { defaultLoss, type SpectralTerms } from '../learn/loss/terms';
import type { FigureName } from '../learn/metrics/figures';

/** How the pitch of recordings is found. Players are heard by the live tracker, whichever it is. */
export interface PitchConfig {
  /** the live analysis' own YIN, or a network that is brought along */
  readonly tracker: 'yin' | 'neural';
  /** whether frames are joined by the likeliest path, or each decides for itself, as live ones have to */
  readonly viterbi: boolean;
  /** for `neural`: an ONNX file of CREPE's shape */
  readonly network: string;
}

/** Which recordings become examples, and how. */
export interface DataConfig {
  /** length of an example */
  readonly sliceSeconds: number;
  /** dB of the analysis' loudness below which a frame is silent; slices of silence are dropped */
  readonly silence: number;
  /** Hz: the instrument's range, within the analysis' own; keeps octave errors out of the data */
  readonly pitchMin: number;
  readonly pitchMax: number;
  readonly f0: PitchConfig;
  /** share of the slices held out from training */
  readonly validationFraction: number;
  /**
   * Share of the examples that are played more quietly than recorded, by up to `quietest` dB. Recordings
   * end before silence does; this is how the model learns to fade to it instead of humming.
   */
  readonly quietShare: number;
  /** dB, negative */
  readonly quietest: number;
}

/** What the model file says of its model; empty fields are left out of it. */
export interface AboutConfig {
  readonly name: string;
  readonly authors: readonly string[];
  readonly description: string;
  readonly licence: string;
  readonly credits: readonly string[];
  readonly trainedOn: readonly string[];
}

/** What the model hears and how large it is. */
export interface ModelSection {
  /** Hz */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  readonly decoder: DecoderConfig;
  readonly about: AboutConfig;
}

/** Harmonics and filtered noise. */
export interface HpnConfig {
  readonly preset: 'hpn';
  /** K, harmonics of the oscillator bank */
  readonly harmonics: number;
  /** noise magnitudes */
  readonly bands: number;
}

/** Harmonics and filtered noise through a learned reverb. */
export interface HpnirConfig {
  readonly preset: 'hpnir';
  /** K, harmonics of the oscillator bank */
  readonly harmonics: number;
  /** noise magnitudes */
  readonly bands: number;
  /** seconds of the learned impulse response */
  readonly irSeconds: number;
}

/** A preset with its sizes, or a graph of one's own. */
export type SynthConfig = HpnConfig | HpnirConfig | SynthGraph;

/** The multi-scale spectral loss. */
export type LossConfig = SpectralTerms;

/** The learning rate stays as it is. */
export interface ConstantSchedule {
  readonly kind: 'constant';
}

/** The learning rate falls along half a cosine. */
export interface CosineSchedule {
  readonly kind: 'cosine';
  /** what is left of it at the last step */
  readonly finalShare: number;
}

export type LearningRateSchedule = ConstantSchedule | CosineSchedule;

/** Adam. */
export interface OptimizerConfig {
  /** at the start */
  readonly learningRate: number;
  readonly schedule: LearningRateSchedule;
  /** gradients longer than this (L2, all together) are scaled down to it */
  readonly clipNorm: number;
}

export interface TrainerConfig {
  /** optimizer steps in all */
  readonly steps: number;
  /** examples a step, shared among the workers */
  readonly batchSize: number;
  /** decides initial weights, order and noise */
  readonly seed: number;
  /** steps between validations */
  readonly validateEvery: number;
  /** steps between checkpoints */
  readonly checkpointEvery: number;
  /** the held-out figure by which the best checkpoint is chosen */
  readonly best: FigureName;
  /** validations without a better figure after which training ends; 0: it goes on to the last step */
  readonly patience: number;
  /** checkpoints a run folder keeps under their steps, beside the last and the best */
  readonly keep: number;
}

export interface TrainConfig {
  readonly data: DataConfig;
  readonly model: ModelSection;
  readonly synth: SynthConfig;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  readonly trainer: TrainerConfig;
}

/** Of each preset of the synth. */
export const presetDefaults = {
  hpnir: { preset: 'hpnir', harmonics: 100, bands: 65, irSeconds: 1 },
  hpn: { preset: 'hpn', harmonics: 100, bands: 65 },
} as const satisfies Record<string, SynthConfig>;

/** Of each kind of learning-rate schedule. */
export const scheduleDefaults = {
  constant: { kind: 'constant' },
  cosine: { kind: 'cosine', finalShare: 0.1 },
} as const satisfies Record<string, LearningRateSchedule>;

export const defaultConfig = {
  data: {
    sliceSeconds: 1,
    silence: DEFAULT_SILENCE,
    pitchMin: 65,
    pitchMax: 2000,
    f0: { tracker: 'yin', viterbi: true, network: '' },
    validationFraction: 0.1,
    quietShare: 0.2,
    quietest: -100,
  },
  model: {
    sampleRate: 48000,
    frameRate: 100,
    analysis: { window: 1440, pitchMin: 58, pitchMax: 2000, threshold: 0.2, dip: 'clear' },
    decoder: { hidden: 64, inputScale: 'log' },
    about: { name: '', authors: [], description: '', licence: '', credits: [], trainedOn: [] },
  },
  synth: presetDefaults.hpnir,
  loss: defaultLoss,
  optimizer: { learningRate: 2e-3, schedule: scheduleDefaults.cosine, clipNorm: 3 },
  trainer: {
    steps: 5000,
    batchSize: 16,
    seed: 1,
    validateEvery: 250,
    checkpointEvery: 250,
    best: 'logSpectralDistance',
    patience: 0,
    keep: 0,
  },
} as const satisfies TrainConfig;
