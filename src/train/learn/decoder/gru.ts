/** The GRU over whole batches: forward, and backward through time. */

import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import type { Linear } from './layers';

/**
 * Rows are ordered by time: row t * batch + b is frame t of example b. The input products of all frames are
 * one matrix product; only the state products run frame by frame. The weight gradients are one matrix product
 * each, after the last frame.
 */
export class GruLayer {
  /** [frames * batch, stride]; the states after each frame */
  readonly output: Pointer;
  /** gradient with respect to `output`, same shape; set by the caller, `backward` adds to it */
  readonly outputGradient: Pointer;
  readonly #heap: Heap<TrainKernels>;
  readonly #size: number;
  readonly #stride: number;
  readonly #gateStride: number;
  readonly #gates: Pointer;
  readonly #recurrent: Pointer;

  /**
   * @param input size -> 3 size
   * @param state size -> 3 size, the same strides
   */
  constructor(
    heap: Heap<TrainKernels>,
    readonly input: Linear,
    readonly state: Linear,
    readonly frames: number,
    batch: number,
  ) {
    const { inputs, inputStride, outputStride } = state.shape;
    const rows = frames * batch;
    this.#heap = heap;
    this.#size = inputs;
    this.#stride = inputStride;
    this.#gateStride = outputStride;
    this.#gates = heap.alloc(rows * outputStride);
    this.#recurrent = heap.alloc(rows * outputStride);
    // a frame before the first one: its states stay zero, its gradient is unused
    this.output = heap.alloc((rows + batch) * inputStride) + batch * inputStride * 4;
    this.outputGradient = heap.alloc((rows + batch) * inputStride) + batch * inputStride * 4;
  }

  /** @param x [frames * batch, stride] */
  forward(x: Pointer, batch: number): Pointer {
    const { kernels } = this.#heap;
    const step = batch * this.#stride * 4;
    const gateStep = batch * this.#gateStride * 4;
    this.input.forward(this.#gates, x, this.frames * batch);
    for (let t = 0; t < this.frames; t++) {
      const next = this.output + t * step;
      const gates = this.#gates + t * gateStep;
      const recurrent = this.#recurrent + t * gateStep;
      this.state.forward(recurrent, next - step, batch);
      kernels.gruCell(next, next - step, gates, recurrent, batch, this.#size, this.#stride, this.#gateStride);
    }
    return this.output;
  }

  /** Computes gradients from `outputGradient`. @param dx gradient with respect to x */
  backward(dx: Pointer, x: Pointer, batch: number): void {
    const { kernels } = this.#heap;
    const rows = this.frames * batch;
    const step = batch * this.#stride * 4;
    const gateStep = batch * this.#gateStride * 4;
    this.#heap.view(this.outputGradient - step, batch * this.#stride).fill(0);
    for (let t = this.frames - 1; t >= 0; t--) {
      const dnext = this.outputGradient + t * step;
      const recurrent = this.#recurrent + t * gateStep;
      kernels.gruCellBackward(
        dnext - step,
        dnext,
        this.output + (t - 1) * step,
        this.#gates + t * gateStep,
        recurrent,
        batch,
        this.#size,
        this.#stride,
        this.#gateStride,
      );
      if (t > 0) this.state.inputGradient(dnext - step, recurrent, batch, 1);
    }
    this.state.weightGradient(this.#recurrent, this.output - step, rows);
    this.input.weightGradient(this.#gates, x, rows);
    this.input.inputGradient(dx, this.#gates, rows);
  }
}
