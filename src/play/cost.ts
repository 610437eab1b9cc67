/**
 * Estimates the cost of an instrument before anything of it is set up. Even if every field of a model file is in range,
 * the model may need minutes and gigabytes. Such a model is rejected.
 */

import { analysisCost } from '../analysis/cost';
import { decoderCost } from '../decoder/cost';
import { addCosts, BUDGET, type Cost } from '../dsp/cost';
import { ModelError } from '../model/errors';
import type { ModelConfig } from '../model/model';
import { planSynth } from '../synth/graph';

/**
 * @param sampleRate of the context, Hz
 * @param hop samples from frame to frame
 * @throws SynthGraphError for a graph that cannot be built
 */
export function instrumentCost(
  model: ModelConfig,
  sampleRate: number,
  hop = Math.round(sampleRate / model.frameRate),
): Cost {
  const { sampleRate: modelRate, frameRate, analysis, decoder, synth } = model;
  const { nodes, outputs } = planSynth(synth);
  return addCosts([
    analysisCost(analysis, sampleRate, modelRate, frameRate),
    // the cost of a network in another file is not known
    ...(decoder.network === undefined ? [decoderCost(decoder.hidden, outputs, frameRate)] : []),
    ...nodes.map(({ type, options }) => type.cost(options, { sampleRate, modelRate, hop })),
  ]);
}

/**
 * @param sampleRate of the context, Hz
 * @throws ModelError `too-costly` if the model costs more than the budget; SynthGraphError as `instrumentCost`
 */
export function checkCost(model: ModelConfig, sampleRate: number, hop?: number): void {
  const cost = instrumentCost(model, sampleRate, hop);
  const excess = [
    [cost.setUp, BUDGET.setUp, 'seconds of CPU to set up'],
    [cost.memory / MEGABYTE, BUDGET.memory / MEGABYTE, 'MB of memory'],
    [cost.playing, BUDGET.playing, 'seconds of CPU for each second of sound'],
  ] as const;
  for (const [estimated, most, what] of excess) {
    if (estimated <= most) continue;
    const amount = Number.isFinite(estimated) ? `about ${Number(estimated.toPrecision(2))}` : 'far too many';
    throw new ModelError(
      'too-costly',
      `at ${sampleRate} Hz the model needs ${amount} ${what}, at most ${most} are allowed`,
      { remedy: 'use a smaller model, or a context with a lower sample rate' },
    );
  }
}

const MEGABYTE = 2 ** 20;
