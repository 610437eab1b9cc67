/** Computes the latency of an engine without setting one up. */

import { windowAt } from '../analysis/analyser';
import type { Metadata } from '../model/schema';
import { planSynth } from '../synth/graph';
import { synthLookahead } from '../synth/stream';

/** Samples between the input and the output of a model at `sampleRate`: W/2 + H, plus the lookahead. */
export function listeningLatency(model: Metadata, sampleRate: number): number {
  const { sampleRate: modelRate, frameRate, analysis, synth } = model;
  const hop = Math.round(sampleRate / frameRate);
  const lookahead = synthLookahead(planSynth(synth), { sampleRate, modelRate, hop });
  return windowAt(sampleRate, modelRate, analysis) / 2 + hop + lookahead;
}
