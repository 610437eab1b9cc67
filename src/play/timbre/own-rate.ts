/**
 * Runs a decoder at its own frame rate inside an engine with another frame rate. The recurrent state of a decoder
 * depends on the frame rate, so it must be stepped as often as in training. Its inputs are interpolated between the
 * engine's frames. Its outputs are interpolated between its last two frames, which delays them by one of its frames. If
 * both rates are the same, neither interpolation is needed.
 */

import { type Decoder, DecoderStream } from '../../decoder/decoder';
import type { Pointer } from '../../dsp/heap';

export class OwnRateDecoder {
  /** values in (0, 1), as `DecoderStream.output` */
  readonly output: Pointer;
  readonly #stream: DecoderStream;
  readonly #kernels: Decoder['heap']['kernels'];
  readonly #outputs: number;
  /** decoder frames per engine frame */
  readonly #ratio: number;
  /** outputs of the decoder's second last frame */
  readonly #before: Pointer;
  /** inputs of the engine's previous frame */
  readonly #last: Float64Array;
  readonly #between: Float64Array;
  /** time since the decoder's last frame, in decoder frames */
  #since = 0;

  /** Set-up only. @param ratio the decoder's frame rate, as a multiple of the engine's */
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

  /** Audio thread. Processes one frame of the engine. @param first there is no frame before it */
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
