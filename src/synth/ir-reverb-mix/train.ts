/** IRReverbMix in training. */

import type { Pointer } from '../../dsp/heap';
import { irReverbTraining, learnedIr } from '../ir-reverb/train';
import { TRAINED_MIX } from '../reverb';
import { ConvolutionTraining } from '../reverb-training';
import { type Segment, segmentsOf, segmentWeights } from '../segments';
import type { AudioInput, TrainableProcessor, TrainableType, TrainContext } from '../trainable';

export const irReverbMixTraining: TrainableType = {
  ...irReverbTraining,
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
    // the gradient of the mix overwrites the wet signal, which is not needed again
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
