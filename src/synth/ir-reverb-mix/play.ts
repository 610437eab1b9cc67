/**
 * IRReverbMix: an IRReverb whose mix of dry and wet is the decoder's to choose in every frame, so that a
 * model can be dry in one register and wet in another. output = 2 (1 - m) dry + 2 m dry * [0, ir]; m = 1/2 is
 * IRReverb. m moves linearly between frame centres.
 *
 * The player's knob k mixes once more, as in every reverb, the parts that the model made:
 * 2 (1 - k) 2 (1 - m) dry + 2 k 2 m wet. 1/2 leaves them as they are, 0 only the direct one, 1 only the wet.
 */

import type { Convolver } from '../../dsp/convolver';
import type { Heap, Pointer } from '../../dsp/heap';
import { IR_TENSOR, irReverb, irReverbTraining, learnedIr } from '../ir-reverb/play';
import type { ProcessorStream, ProcessorType, StreamContext } from '../processor';
import { newConvolver, TRAINED_MIX } from '../reverb';
import { ConvolutionTraining } from '../reverb-training';
import { type Segment, segmentsOf, segmentWeights } from '../segments';
import type { AudioInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';

const TYPE = 'IRReverbMix';

export const irReverbMix: ProcessorType = {
  ...irReverb,
  type: TYPE,
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

export const irReverbMixTraining: TrainableType = {
  ...irReverbTraining,
  type: TYPE,
  create: (context, _options, [audio]) => new IrReverbMixTraining(context, audio),
};

/** Kept between forward and backward: m (T * H) and the wet signal (T * H). */
class IrReverbMixTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #context: TrainContext;
  readonly #audio: AudioInput;
  readonly #length: number;
  readonly #convolution: ConvolutionTraining;
  readonly #segments: readonly Segment[];
  readonly #weight: Pointer;
  readonly #mix: Pointer;
  readonly #wet: Pointer;
  /** gradient with respect to the wet signal; zeros follow */
  readonly #dWet: Pointer;

  constructor(context: TrainContext, audio: AudioInput) {
    const { heap, hop, frames } = context;
    this.#context = context;
    this.#audio = audio;
    this.#length = frames * hop;
    this.#convolution = new ConvolutionTraining(context, learnedIr(context));
    this.#segments = segmentsOf(frames, hop);
    this.#weight = heap.put(segmentWeights(hop));
    this.#mix = heap.alloc(this.#length);
    this.#wet = heap.alloc(this.#length);
    this.#dWet = heap.alloc(this.#convolution.paddedLength);
    this.signal = heap.alloc(this.#length);
    this.gradient = heap.alloc(this.#length);
  }

  begin(): void {
    this.#convolution.begin();
  }

  forward(u: Pointer): void {
    const { kernels } = this.#context.heap;
    const frame = this.#context.stride * 4;
    for (const { from, to, skip, n, start } of this.#segments) {
      const weight = this.#weight + skip * 4;
      kernels.glide(this.#mix + start * 4, weight, u + from * frame, u + to * frame, n);
    }
    const dry = this.#audio.signal;
    kernels.move(this.#wet, this.#convolution.forward(dry), this.#length);
    kernels.mixEach(this.signal, dry, this.#wet, this.#mix, TRAINED_MIX, TRAINED_MIX, this.#length);
  }

  backward(_u: Pointer, _f0: Pointer, du: Pointer): void {
    const { kernels } = this.#context.heap;
    const { signal: dry, gradient: dDry } = this.#audio;
    const frame = this.#context.stride * 4;
    // the wet signal is not needed again: the mix's gradient takes its place
    const dMix = this.#wet;
    kernels.mixEachBackward(dDry, this.#dWet, dMix, this.gradient, dry, this.#wet, this.#mix, this.#length);
    kernels.addTo(dDry, this.#convolution.backward(this.#dWet), this.#length);
    for (const { from, to, skip, n, start } of this.#segments) {
      const weight = this.#weight + skip * 4;
      kernels.glideBackward(du + from * frame, du + to * frame, dMix + start * 4, weight, n);
    }
  }

  end(): void {
    this.#convolution.end();
  }
}
