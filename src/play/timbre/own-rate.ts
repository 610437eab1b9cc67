/**
 * A decoder at a frame rate of its own inside an engine of another: a state learns how fast time passes, so it must be
 * stepped as often as in training. Inputs are taken between the engine's frames. Outputs move between the decoder's last
 * two frames, so they are one of its frames late. At the engine's own rate neither is needed.
 */

import { type Decoder, DecoderStream } from '../../decoder/decoder';
import type { Pointer } from '../../dsp/heap';

export class OwnRateDecoder {
  /** values in (0, 1), as `DecoderStream.output` */
  readonly output: Pointer;
  readonly #stream: DecoderStream;
  readonly #kernels: Decoder['heap']['kernels'];
  readonly #outputs: number;
  /** its frames in a frame of the engine */
  readonly #ratio: number;
  /** its outputs before the last frame */
  readonly #before: Pointer;
  /** the engine's frame before */
  readonly #last: Float64Array;
  readonly #between: Float64Array;
  /** of its frames, since the last one */
  #since = 0;

  /** Set-up only. @param ratio its frame rate, as a multiple of the engine's */
  constructor(decoder: Decoder, ratio: number) {
    const { heap, outputs } = decoder;
    const { inputs } = decoder.scaling;
    this.#stream = new DecoderStream(decoder);
    this.#kernels = heap.kernels;
    this.#outputs = outputs;
    this.#ratio = ratio;
    this.#before = heap.alloc(outputs);
    this.output = ratio === 1 ? this.#stream.output : heap.alloc(outputs);
    this.#last = new Float64Array(inputs.length);
    this.#between = new Float64Array(inputs.length);
  }

  /** Audio thread. One frame of the engine. @param first there is none before it */
  step(inputs: Float64Array, first: boolean): void {
    if (this.#ratio === 1) {
      this.#stream.step(inputs);
      return;
    }
    if (first) {
      this.#stream.step(inputs);
      this.#kernels.move(this.#before, this.#stream.output, this.#outputs);
      this.#since = 0;
    } else this.#advance(inputs);
    for (let i = 0; i < inputs.length; i++) this.#last[i] = inputs[i];
    this.#kernels.blend(this.output, this.#before, this.#stream.output, this.#since, this.#outputs);
  }

  #advance(inputs: Float64Array): void {
    const ratio = this.#ratio;
    const between = this.#between;
    this.#since += ratio;
    while (this.#since >= 1) {
      this.#since -= 1;
      const share = 1 - this.#since / ratio;
      for (let i = 0; i < between.length; i++)
        between[i] = this.#last[i] + share * (inputs[i] - this.#last[i]);
      this.#kernels.move(this.#before, this.#stream.output, this.#outputs);
      this.#stream.step(between);
    }
  }

  reset(): void {
    this.#stream.reset();
    this.#since = 0;
  }
}
