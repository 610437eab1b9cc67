/** DecayReverb in training. */

import type { Options } from '../processor';
import { type LearnedResponse, ReverbTraining } from '../reverb-training';
import type { TrainableType, TrainContext } from '../trainable';
import { DECAY, GAIN, GAIN_MAX, gainOf, putNoise, rateOf } from './play';

/** 30 dB below the direct sound for a response of 1 s at 48 kHz */
const INITIAL_GAIN = 0.002;

export const decayReverbTraining: TrainableType = {
  initial: (name) => {
    if (name === DECAY) return Float32Array.of(0);
    const u = (INITIAL_GAIN / GAIN_MAX) ** (1 / Math.LN10);
    return Float32Array.of(Math.log(u / (1 - u)));
  },
  /** Only two numbers set the room. At the learning rate of the decoder's weights they would move too slowly. */
  pace: () => [{ end: 1, share: 10 }],
  create: (context, options, [audio]) =>
    new ReverbTraining(context, audio, decayingResponse(context, options)),
};

function decayingResponse({ heap, tensor }: TrainContext, options: Options): LearnedResponse {
  const { kernels } = heap;
  const { length } = options;
  const noise = putNoise(heap, options);
  const response = heap.alloc(length);
  const sums = heap.alloc(2);
  const gain = tensor(GAIN);
  const decay = tensor(DECAY);
  const scaled = () => ({
    gain: gainOf(heap.view(gain.value, 1)[0]),
    rate: rateOf(heap.view(decay.value, 1)[0], length),
  });
  return {
    size: length,
    value() {
      const now = scaled();
      kernels.decayingNoise(response, noise, now.gain.value, now.rate.value, length);
      return response;
    },
    learn(dResponse, taps) {
      const now = scaled();
      kernels.decayingNoiseBackward(sums, dResponse, noise, now.gain.value, now.rate.value, taps);
      const [dGain, dRate] = heap.view(sums, 2);
      heap.view(gain.gradient, 1)[0] += dGain * now.gain.slope;
      heap.view(decay.gradient, 1)[0] += dRate * now.rate.slope;
    },
  };
}
