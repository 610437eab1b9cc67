/**
 * IRReverbMix: an IRReverb with a mix m of dry and wet that the decoder sets in every frame. So a model can be dry in
 * one register and wet in another. output = 2 (1 - m) dry + 2 m dry * [0, ir]. With m = 1/2 it equals IRReverb. m
 * moves linearly between frame centres.
 *
 * As in every reverb, the live knob k mixes the two parts once more: 2 (1 - k) 2 (1 - m) dry + 2 k 2 m wet. 1/2
 * leaves them as trained, 0 leaves only the dry part, 1 only the wet part.
 */

import type { Convolver } from '../../dsp/convolver';
import type { Heap, Pointer } from '../../dsp/heap';
import { IR_TENSOR, irReverb } from '../ir-reverb/play';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';
import { newConvolver, TRAINED_MIX } from '../reverb';
import { segmentWeights } from '../segments';

export const irReverbMix: ProcessorType = {
  ...irReverb,
  type: 'IRReverbMix',
  voices: undefined,
  controls: () => [{ name: 'mix', size: 1, scaling: 'sigmoid', max: 1 }],
  stream: (context, _options, [audio]) => new IrReverbMixStream(context, audio),
};

class IrReverbMixStream implements ProcessorStream {
  readonly output: Pointer;
  knob = TRAINED_MIX;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #lookahead: number;
  readonly #audio: Pointer;
  readonly #convolver: Convolver;
  readonly #weight: Pointer;
  /** mixes of the last frame and of this one */
  readonly #from: Pointer;
  readonly #to: Pointer;
  /** m of every sample; late by `lookahead` samples at the start, as the audio is */
  readonly #mix: Pointer;
  #lastKnob = TRAINED_MIX;

  constructor(context: StreamContext, audio: Pointer) {
    const { heap, hop, lookahead, tensor } = context;
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#lookahead = lookahead;
    this.#audio = audio;
    this.#convolver = newConvolver(context, () => tensor(IR_TENSOR));
    this.#weight = heap.put(segmentWeights(hop));
    this.#from = heap.alloc(1);
    this.#to = heap.alloc(1);
    this.#mix = heap.alloc(lookahead + hop);
    this.output = heap.alloc(hop);
  }

  control(u: Pointer, _f0: number, first: boolean): void {
    this.#kernels.move(this.#from, first ? u : this.#to, 1);
    this.#kernels.move(this.#to, u, 1);
    if (first) this.#lastKnob = this.knob;
  }

  render(): void {
    const kernels = this.#kernels;
    const hop = this.#hop;
    const wet = this.#convolver.process(this.#audio);
    kernels.move(this.#mix, this.#mix + hop * 4, this.#lookahead);
    kernels.glide(this.#mix + this.#lookahead * 4, this.#weight, this.#from, this.#to, hop);
    kernels.mixEach(this.output, this.#audio, wet, this.#mix, this.#lastKnob, this.knob, hop);
    this.#lastKnob = this.knob;
  }

  reset(): void {
    this.#convolver.reset();
    this.#kernels.silence(this.#mix, this.#lookahead + this.#hop);
    this.#kernels.silence(this.output, this.#hop);
    this.#lastKnob = this.knob;
  }
}
