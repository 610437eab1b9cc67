/** Which tensors a model must hold, with their shapes: the decoder's, then those its processors learn. */

import type { ModelConfig } from '../model/model';
import { decoderTensors } from './decoder/layout';
import { planSynth, synthTensors } from './synth/graph';

/** @throws SynthGraphError where the graph asks for what does not exist */
export function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  const plan = planSynth(config.synth);
  const expected = new Map<string, readonly number[]>();
  for (const { name, shape } of decoderTensors(config.decoder.hidden, plan.outputs)) {
    expected.set(`estimator.${name}`, shape);
  }
  for (const [name, size] of synthTensors(plan, config.sampleRate)) expected.set(name, [size]);
  return expected;
}
