/**
 * DecayReverb: a room with two learned numbers. Its impulse response is noise that decays exponentially:
 *
 *   output = dry + dry * [0, r],  r[n] = gain noise[n] e^(-rate (n + 1))
 *
 * The noise is uniform in [-1, 1) and follows from the option `seed`, so it is the same in training and playing. The
 * two numbers are learned as logits, so that they cannot leave their ranges:
 *
 *   reverb.gain   exp_sigmoid, up to 0.25: the level of the noise one sample after the direct sound
 *   reverb.decay  the time in which the response falls by 60 dB, from 1/50 of its length to its whole length, on a
 *                 logarithmic scale. So the cut after `length` taps is inaudible.
 */

import type { Heap, Pointer } from '../../dsp/heap';
import type { Options, ProcessorType } from '../processor';
import { RESPONSE_LENGTH, ReverbStream, responseCost, responseTail } from '../reverb';

export const GAIN = 'reverb.gain';
export const DECAY = 'reverb.decay';

export const GAIN_MAX = 0.25;
/** ratio of the longest decay to the shortest */
const DECAY_RANGE = 50;
const SIXTY_DECIBELS = Math.log(1000);

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** A number computed from a logit, and its derivative with respect to the logit. */
interface Scaled {
  readonly value: number;
  readonly slope: number;
}

/** exp_sigmoid */
export function gainOf(logit: number): Scaled {
  const u = sigmoid(logit);
  const value = GAIN_MAX * u ** Math.LN10;
  return { value: value + 1e-7, slope: Math.LN10 * value * (1 - u) };
}

/** Nepers per sample. */
export function rateOf(logit: number, length: number): Scaled {
  const u = sigmoid(logit);
  const value = (SIXTY_DECIBELS / length) * DECAY_RANGE ** (1 - u);
  return { value, slope: -Math.log(DECAY_RANGE) * value * u * (1 - u) };
}

/** The noise of the response, `length` samples. */
export function putNoise(heap: Heap, { length, seed }: Options): Pointer {
  const noise = heap.alloc(length);
  heap.kernels.uniformNoise(noise, seed, 0, length);
  return noise;
}

export const decayReverb: ProcessorType = {
  type: 'DecayReverb',
  audio: ['audio'],
  knob: 'reverb',
  voices: 'shared',
  options: {
    length: RESPONSE_LENGTH,
    seed: { default: 1, min: 0, max: 2 ** 32 - 1, integer: true },
  },
  controls: () => [],
  tensors: () => ({ [GAIN]: 1, [DECAY]: 1 }),
  lookahead: () => 0,
  tail: responseTail,
  cost: responseCost,
  stream: (context, options, [audio]) =>
    new ReverbStream(context, audio, () => {
      const { heap, tensor } = context;
      const { length } = options;
      const gain = gainOf(tensor(GAIN)[0]).value;
      const rate = rateOf(tensor(DECAY)[0], length).value;
      const response = putNoise(heap, options);
      heap.kernels.decayingNoise(response, response, gain, rate, length);
      return heap.view(response, length);
    }),
};
