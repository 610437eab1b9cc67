/** IRReverb in training. */

import { type LearnedResponse, ReverbTraining } from '../reverb-training';
import type { TrainableType, TrainContext } from '../trainable';
import { IR_TENSOR } from './play';

export const irReverbTraining: TrainableType = {
  /**
   * Faint noise, 30 dB below the direct sound, that decays by e in 0.1 s. Adam moves every tap by about
   * one learning rate in its first steps whatever its gradient: from zero that builds a wash of constant
   * level over the whole response, which the model then has to unlearn; the decay here is a room's.
   */
  initial: (_name, { length }, sampleRate, random) =>
    Float32Array.from({ length }, (_, n) => 0.001 * (2 * random() - 1) * Math.exp(-n / (0.1 * sampleRate))),
  /**
   * A tenth of the learning rate at first, less by e every 0.25 s. Adam moves every tap by about the same
   * amount, however little the data says of it: at an even pace the late taps, of which it says least,
   * wander off into a wash as loud as the direct sound, whose interference makes every vibrato a tremolo.
   * For the same reason all of it shrinks: a tap keeps what the data says of it in every step, while what
   * has gathered by chance is forgotten within a few hundred.
   */
  pace: (_name, { length }, sampleRate) => {
    const stretch = Math.round(0.01 * sampleRate);
    return Array.from({ length: Math.ceil(length / stretch) }, (_, i) => ({
      end: Math.min(length, (i + 1) * stretch),
      share: 0.1 * Math.exp((-i * stretch) / (0.25 * sampleRate)),
      decay: 1,
    }));
  },
  create: (context, _options, [audio]) => new ReverbTraining(context, audio, learnedIr(context)),
};

/** The tensor itself. */
export function learnedIr({ heap, tensor }: TrainContext): LearnedResponse {
  const { value, gradient, size } = tensor(IR_TENSOR);
  return {
    size,
    value: () => value,
    learn: (sum, taps) => heap.kernels.addTo(gradient, sum, taps),
  };
}
