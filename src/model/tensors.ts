/** Which tensors a model holds: the decoder's, sized by its width and the graph's controls, and the processors'. */

import { DECODER_PREFIX } from '../decoder/config';
import { DEFAULT_INPUTS } from '../decoder/inputs';
import { decoderTensors } from '../decoder/layout';
import { planSynth, synthTensors } from '../synth/graph';
import type { ModelConfig } from './model';

/**
 * Names and shapes; the decoder's first, in PyTorch's order. A decoder that is a network in another file has none here.
 * @throws SynthGraphError where the graph cannot be built
 */
export function modelTensors({
  decoder,
  synth,
  sampleRate,
}: Pick<ModelConfig, 'decoder' | 'synth' | 'sampleRate'>): Map<string, readonly number[]> {
  const plan = planSynth(synth);
  const tensors = new Map<string, readonly number[]>();
  if (decoder.network === undefined) {
    const { hidden, inputs = DEFAULT_INPUTS, architecture } = decoder;
    for (const { name, shape } of decoderTensors(hidden, plan.outputs, inputs.length, architecture))
      tensors.set(DECODER_PREFIX + name, shape);
  }
  for (const [name, size] of synthTensors(plan, sampleRate)) tensors.set(name, [size]);
  return tensors;
}
