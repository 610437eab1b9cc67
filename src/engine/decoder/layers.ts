/** The decoder's layers for one frame at a time: weights packed at set-up, no allocation afterwards. */

import type { Heap, Pointer } from '../kernels';

/** rows that `gemv` computes together */
const PANEL = 16;

/** Values a buffer needs that `gemv` writes `rows` values to. */
export function paddedRows(rows: number): number {
  return Math.ceil(rows / PANEL) * PANEL;
}

/** y = W x + b. */
export class Linear {
  readonly #kernels: Heap['kernels'];
  readonly #weight: Pointer;
  readonly #bias: Pointer;
  readonly #rows: number;
  readonly #depth: number;

  /**
   * @param weight row-major [rows, depth]
   * @param bias rows values
   */
  constructor(heap: Heap, weight: Float32Array, bias: Float32Array) {
    const rows = bias.length;
    const depth = weight.length / rows;
    const padded = paddedRows(rows);
    this.#kernels = heap.kernels;
    this.#rows = rows;
    this.#depth = depth;
    this.#weight = heap.alloc(padded * depth);
    this.#bias = heap.alloc(padded);
    heap.view(this.#bias, rows).set(bias);
    const raw = heap.alloc(PANEL * depth);
    const view = heap.view(raw, PANEL * depth);
    for (let row = 0; row < rows; row += PANEL) {
      const count = Math.min(PANEL, rows - row);
      view.set(weight.subarray(row * depth, (row + count) * depth));
      heap.kernels.packRows(this.#weight + row * depth * 4, raw, depth, count, depth, PANEL);
    }
  }

  /** Audio thread. @param y room for `paddedRows(rows)` values */
  run(y: Pointer, x: Pointer): void {
    this.#kernels.gemv(y, this.#weight, x, this.#bias, this.#rows, this.#depth);
  }
}

/** Linear, LayerNorm, ReLU. */
export class MlpLayer {
  readonly #kernels: Heap['kernels'];
  readonly #linear: Linear;
  readonly #gamma: Pointer;
  readonly #beta: Pointer;
  readonly #scale: Pointer;
  readonly #size: number;

  constructor(heap: Heap, weight: Float32Array, bias: Float32Array, gamma: Float32Array, beta: Float32Array) {
    this.#kernels = heap.kernels;
    this.#linear = new Linear(heap, weight, bias);
    this.#gamma = heap.put(gamma);
    this.#beta = heap.put(beta);
    this.#scale = heap.alloc(1);
    this.#size = bias.length;
  }

  /** Audio thread. @param y room for `paddedRows(size)` values; not x */
  run(y: Pointer, x: Pointer): void {
    this.#linear.run(y, x);
    this.#kernels.layerNormRelu(y, y, this.#scale, this.#gamma, this.#beta, 1, this.#size, this.#size);
  }
}
