/** IRReverb in training. */

import { type LearnedResponse, ReverbTraining } from '../reverb-training';
import type { TrainableType, TrainContext } from '../trainable';
import { fadedResponse } from './fade';
import { IR_TENSOR } from './play';

export const irReverbTraining: TrainableType = {
  /**
   * Faint noise, 30 dB below the direct sound, that decays by a factor of e in 0.1 s, as in a room. In its first
   * steps Adam moves every tap by about one learning rate, whatever its gradient. From zero, this would build noise
   * of constant level over the whole response, which the model would then have to unlearn.
   */
  initial: (_name, { length }, sampleRate, random) =>
    Float32Array.from({ length }, (_, n) => 0.001 * (2 * random() - 1) * Math.exp(-n / (0.1 * sampleRate))),
  /**
   * A tenth of the learning rate for the first taps, and a factor of e less every 0.25 s. Adam moves every tap by
   * about the same amount, even if the data says little about it. With one learning rate for all taps, the late taps
   * become noise as loud as the direct sound, and its interference turns vibrato into tremolo. Weight decay helps
   * against the same effect: the data renews what it determines in every step, while random values disappear within
   * a few hundred steps.
   */
  pace: (_name, { length }, sampleRate) => {
    const stretch = Math.round(0.01 * sampleRate);
    return Array.from({ length: Math.ceil(length / stretch) }, (_, i) => ({
      end: Math.min(length, (i + 1) * stretch),
      share: 0.1 * Math.exp((-i * stretch) / (0.25 * sampleRate)),
      decay: 1,
    }));
  },
  finish: (_name, response) => fadedResponse(response),
  create: (context, _options, [audio]) => new ReverbTraining(context, audio, learnedIr(context)),
};

/** The learned tensor as the response. */
export function learnedIr({ heap, tensor }: TrainContext): LearnedResponse {
  const { value, gradient, size } = tensor(IR_TENSOR);
  return {
    size,
    value: () => value,
    learn: (sum, taps) => heap.kernels.addTo(gradient, sum, taps),
  };
}
