/** Parts of a configuration, as other parts of the library take them. */

import type { About, ModelConfig, SynthGraph } from '../../model/model';
import { hpn, hpnir } from '../../synth/presets';
import type { SynthConfig, TrainConfig } from './config';

/**
 * The options of `Dataset.fromFiles`: how recordings become the slices of a run. The caller reads the file of a
 * pitch network and passes it as `network`.
 */
export function datasetOptions({ model, data }: Pick<TrainConfig, 'model' | 'data'>) {
  const { sampleRate, frameRate, analysis, decoder } = model;
  const { sliceSeconds, silence, f0 } = data;
  const pitchMin = Math.max(analysis.pitchMin, data.pitchMin);
  const pitchMax = Math.min(analysis.pitchMax, data.pitchMax);
  return {
    sampleRate,
    frameRate,
    analysis: { ...analysis, pitchMin, pitchMax },
    pitch: { tracker: f0.tracker, viterbi: f0.viterbi },
    sliceSeconds,
    silence,
    inputs: decoder.inputs,
  };
}

/** What the model file says of its model: every field that is not empty. */
export function about({ model }: Pick<TrainConfig, 'model'>): About {
  const told = Object.entries(model.about).filter(([, value]) => value.length > 0);
  return { name: 'unnamed', ...Object.fromEntries(told) };
}

/** The part of a configuration that the model file keeps. */
export function modelConfig({ model, synth }: Pick<TrainConfig, 'model' | 'synth'>): ModelConfig {
  const { sampleRate, frameRate, analysis, decoder } = model;
  return { sampleRate, frameRate, analysis, decoder, synth: synthGraph(synth, sampleRate) };
}

function synthGraph(synth: SynthConfig, sampleRate: number): SynthGraph {
  if ('processors' in synth) return synth;
  const { harmonics, bands } = synth;
  if (synth.preset === 'hpn') return hpn({ harmonics, bands });
  // The response's first tap, always zero, is not learned.
  return hpnir({ harmonics, bands, irLength: Math.round(synth.irSeconds * sampleRate) - 1 });
}
