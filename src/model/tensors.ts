/** Which tensors a model holds: the decoder's, sized by its width and the graph's controls, and the processors'. */

import { decoderTensors } from '../decoder/layout';
import { planSynth, synthTensors } from '../synth/graph';
import type { ModelConfig } from './model';

/** Before the names of the decoder's tensors, as in the reference's state dict. */
export const DECODER_PREFIX = 'estimator.';

/**
 * Names and shapes; the decoder's first, in PyTorch's order.
 * @throws SynthGraphError where the graph cannot be built
 */
export function modelTensors({
  decoder,
  synth,
  sampleRate,
}: Pick<ModelConfig, 'decoder' | 'synth' | 'sampleRate'>): Map<string, readonly number[]> {
  const plan = planSynth(synth);
  const tensors = new Map<string, readonly number[]>();
  for (const { name, shape } of decoderTensors(decoder.hidden, plan.outputs)) {
    tensors.set(DECODER_PREFIX + name, shape);
  }
  for (const [name, size] of synthTensors(plan, sampleRate)) tensors.set(name, [size]);
  return tensors;
}
