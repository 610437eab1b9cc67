/**
 * DecayReverb: a room in two learned numbers. Its impulse response is noise that decays exponentially:
 *
 *   output = dry + dry * [0, r],  r[n] = gain noise[n] e^(-rate (n + 1))
 *
 * The noise is the same whenever the model is trained or played: uniform in [-1, 1), named by the option
 * `seed`. The two numbers are learned as logits, which cannot leave their range:
 *
 *   reverb.gain   exp_sigmoid, up to 0.25: the noise's level one sample after the direct sound
 *   reverb.decay  the time in which the response falls by 60 dB, from 1/50 of its length to all of it, on
 *                 a logarithmic scale: what `length` cuts off is never heard
 */

import type { Heap, Pointer } from '../../dsp/heap';
import type { Options, ProcessorType } from '../processor';
import { RESPONSE_LENGTH, ReverbStream, responseTail } from '../reverb';
import { type LearnedResponse, ReverbTraining } from '../reverb-training';
import type { TrainableType, TrainContext } from '../trainable';

const TYPE = 'DecayReverb';
const GAIN = 'reverb.gain';
const DECAY = 'reverb.decay';

const GAIN_MAX = 0.25;
/** 30 dB below the direct sound for a response of 1 s at 48 kHz */
const INITIAL_GAIN = 0.002;
/** longest decay over shortest */
const DECAY_RANGE = 50;
const SIXTY_DECIBELS = Math.log(1000);

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** A number made of a logit, and its derivative with respect to the logit. */
interface Scaled {
  readonly value: number;
  readonly slope: number;
}

/** exp_sigmoid */
function gainOf(logit: number): Scaled {
  const u = sigmoid(logit);
  const value = GAIN_MAX * u ** Math.LN10;
  return { value: value + 1e-7, slope: Math.LN10 * value * (1 - u) };
}

/** Nepers a sample. */
function rateOf(logit: number, length: number): Scaled {
  const u = sigmoid(logit);
  const value = (SIXTY_DECIBELS / length) * DECAY_RANGE ** (1 - u);
  return { value, slope: -Math.log(DECAY_RANGE) * value * u * (1 - u) };
}

/** `length` samples: what the response is made of. */
function putNoise(heap: Heap, { length, seed }: Options): Pointer {
  const noise = heap.alloc(length);
  heap.kernels.uniformNoise(noise, seed, 0, length);
  return noise;
}

export const decayReverb: ProcessorType = {
  type: TYPE,
  audio: ['audio'],
  knob: 'reverb',
  options: {
    length: RESPONSE_LENGTH,
    seed: { default: 1, min: 0, max: 2 ** 32 - 1, integer: true },
  },
  controls: () => [],
  tensors: () => ({ [GAIN]: 1, [DECAY]: 1 }),
  lookahead: () => 0,
  tail: responseTail,
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

export const decayReverbTraining: TrainableType = {
  type: TYPE,
  initial: (name) => {
    if (name === DECAY) return Float32Array.of(0);
    if (name !== GAIN) throw new Error(`${TYPE} has no learned tensor ${name}`);
    const u = (INITIAL_GAIN / GAIN_MAX) ** (1 / Math.LN10);
    return Float32Array.of(Math.log(u / (1 - u)));
  },
  /** Two numbers move a room: at the pace of weights, of which there are thousands, they would not arrive. */
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
