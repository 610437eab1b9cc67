/**
 * The layers of the decoder over whole batches, forward and backward.
 *
 * Weights and their gradients lie in flat vectors owned by the caller. Each layer packs its weights once per
 * pass (`prepare...`) into its own panels. Activations have `stride` values per row, a multiple of 4. Weight
 * gradients accumulate; activation gradients are set unless a method says otherwise.
 */

import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';

/** A trainable tensor: its values and its accumulated gradient. */
export interface Tensor {
  readonly value: Pointer;
  readonly gradient: Pointer;
}

/** Scratch panels of activations, shared by all layers between calls. */
export interface Workspace {
  readonly left: Pointer;
  readonly right: Pointer;
}

export function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

export interface LinearShape {
  readonly inputs: number;
  readonly inputStride: number;
  readonly outputs: number;
  readonly outputStride: number;
}

/** y = x W^T + b. */
export class Linear {
  readonly #kernels: TrainKernels;
  readonly #forwardPanels: Pointer;
  readonly #backwardPanels: Pointer;

  constructor(
    heap: Heap<TrainKernels>,
    readonly shape: LinearShape,
    readonly weight: Tensor,
    readonly bias: Tensor,
    readonly workspace: Workspace,
  ) {
    const { inputs, outputs } = shape;
    this.#kernels = heap.kernels;
    this.#forwardPanels = heap.alloc(roundUp(outputs, 8) * inputs);
    this.#backwardPanels = heap.alloc(roundUp(inputs, 8) * outputs);
  }

  /** Packs the current weights for `forward`. */
  prepareForward(): void {
    const { inputs, outputs } = this.shape;
    this.#kernels.packRows(this.#forwardPanels, this.weight.value, inputs, outputs, inputs, 8);
  }

  /** Packs the current weights for `inputGradient`. */
  prepareBackward(): void {
    const { inputs, outputs } = this.shape;
    this.#kernels.packColumns(this.#backwardPanels, this.weight.value, inputs, outputs, inputs, 8);
  }

  forward(y: Pointer, x: Pointer, rows: number): void {
    const { inputs, inputStride, outputs, outputStride } = this.shape;
    const { left } = this.workspace;
    this.#kernels.packRows(left, x, inputStride, rows, inputs, 4);
    this.#kernels.gemm(y, outputStride, left, this.#forwardPanels, this.bias.value, rows, outputs, inputs, 0);
  }

  /** @param accumulate 1: adds to dx */
  inputGradient(dx: Pointer, dy: Pointer, rows: number, accumulate: 0 | 1 = 0): void {
    const { inputs, inputStride, outputs, outputStride } = this.shape;
    const { left } = this.workspace;
    this.#kernels.packRows(left, dy, outputStride, rows, outputs, 4);
    this.#kernels.gemm(dx, inputStride, left, this.#backwardPanels, 0, rows, inputs, outputs, accumulate);
  }

  /** The gradients of weight and bias. */
  weightGradient(dy: Pointer, x: Pointer, rows: number): void {
    const { inputs, inputStride, outputs, outputStride } = this.shape;
    const { left, right } = this.workspace;
    const kernels = this.#kernels;
    kernels.packColumns(left, dy, outputStride, rows, outputs, 4);
    kernels.packColumns(right, x, inputStride, rows, inputs, 8);
    kernels.gemm(this.weight.gradient, inputs, left, right, 0, outputs, inputs, rows, 1);
    kernels.addColumnSums(this.bias.gradient, dy, outputStride, rows, outputs);
  }
}

/** Linear, LayerNorm and ReLU; keeps what backward needs of the current batch. */
export class MlpLayer {
  /** [rows, stride] */
  readonly output: Pointer;
  readonly #kernels: TrainKernels;
  readonly #normal: Pointer;
  readonly #scales: Pointer;

  constructor(
    heap: Heap<TrainKernels>,
    readonly linear: Linear,
    readonly gamma: Tensor,
    readonly beta: Tensor,
    rows: number,
  ) {
    const { outputStride } = linear.shape;
    this.#kernels = heap.kernels;
    this.output = heap.alloc(rows * outputStride);
    this.#normal = heap.alloc(rows * outputStride);
    this.#scales = heap.alloc(rows);
  }

  forward(x: Pointer, rows: number): Pointer {
    const { outputs, outputStride } = this.linear.shape;
    this.linear.forward(this.#normal, x, rows);
    this.#kernels.layerNormRelu(
      this.output,
      this.#normal,
      this.#scales,
      this.gamma.value,
      this.beta.value,
      rows,
      outputs,
      outputStride,
    );
    return this.output;
  }

  /**
   * @param dx null if not needed
   * @param dy overwritten
   */
  backward(dx: Pointer | null, dy: Pointer, x: Pointer, rows: number): void {
    const { outputs, outputStride } = this.linear.shape;
    this.#kernels.layerNormReluBackward(
      dy,
      this.gamma.gradient,
      this.beta.gradient,
      this.output,
      this.#normal,
      this.#scales,
      this.gamma.value,
      rows,
      outputs,
      outputStride,
    );
    this.linear.weightGradient(dy, x, rows);
    if (dx !== null) this.linear.inputGradient(dx, dy, rows);
  }
}
