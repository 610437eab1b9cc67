/**
 * IRReverb: a learned impulse response that is part of the model. output = dry + dry * [0, ir]: the direct sound is
 * unchanged, and the response begins one sample after it (Engel et al. 2020).
 */

import type { ProcessorType } from '../processor';
import { RESPONSE_LENGTH, ReverbStream, responseCost, responseTail } from '../reverb';

export const IR_TENSOR = 'ir';

export const irReverb: ProcessorType = {
  type: 'IRReverb',
  audio: ['audio'],
  knob: 'reverb',
  voices: 'shared',
  options: { length: RESPONSE_LENGTH },
  controls: () => [],
  tensors: ({ length }) => ({ [IR_TENSOR]: length }),
  lookahead: () => 0,
  tail: responseTail,
  cost: responseCost,
  stream: (context, _options, [audio]) => new ReverbStream(context, audio, () => context.tensor(IR_TENSOR)),
};
