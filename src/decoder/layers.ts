/** The decoder's layers for one frame at a time: weights packed at set-up, no allocation afterwards. */

import type { Heap, Pointer } from '../dsp/heap';
import type { Architecture } from './config';

/** A tensor by its name, asked for only where no table of the heap holds what is made of it. */
export type Values = (name: string) => Float32Array;

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
   * @param names of the tensors `weight`, (rows, depth) row-major, and `bias`, (rows)
   */
  constructor(
    heap: Heap,
    rows: number,
    depth: number,
    { weight, bias }: { weight: string; bias: string },
    values: Values,
  ) {
    const padded = paddedRows(rows);
    this.#kernels = heap.kernels;
    this.#rows = rows;
    this.#depth = depth;
    this.#bias = heap.filled(bias, padded, (at) => heap.view(at, rows).set(values(bias)));
    this.#weight = heap.filled(weight, padded * depth, (at) => {
      const tensor = values(weight);
      const raw = heap.alloc(PANEL * depth);
      const view = heap.view(raw, PANEL * depth);
      for (let row = 0; row < rows; row += PANEL) {
        const count = Math.min(PANEL, rows - row);
        view.set(tensor.subarray(row * depth, (row + count) * depth));
        heap.kernels.packRows(at + row * depth * 4, raw, depth, count, depth, PANEL);
      }
    });
  }

  /** Audio thread. @param y room for `paddedRows(rows)` values */
  run(y: Pointer, x: Pointer): void {
    this.#kernels.gemv(y, this.#weight, x, this.#bias, this.#rows, this.#depth);
  }
}

/** Linear, LayerNorm, ReLU or leaky ReLU. */
export class MlpLayer {
  readonly #kernels: Heap['kernels'];
  readonly #linear: Linear;
  readonly #gamma: Pointer;
  readonly #beta: Pointer;
  readonly #scale: Pointer;
  readonly #size: number;
  readonly #slope: number;
  readonly #epsilon: number;

  constructor(
    heap: Heap,
    size: number,
    depth: number,
    names: { weight: string; bias: string; gamma: string; beta: string },
    values: Values,
    { slope, epsilon }: Pick<Architecture, 'slope' | 'epsilon'>,
  ) {
    this.#slope = slope;
    this.#epsilon = epsilon;
    const { gamma, beta } = names;
    this.#kernels = heap.kernels;
    this.#linear = new Linear(heap, size, depth, names, values);
    this.#gamma = heap.filled(gamma, size, (at) => heap.view(at, size).set(values(gamma)));
    this.#beta = heap.filled(beta, size, (at) => heap.view(at, size).set(values(beta)));
    this.#scale = heap.alloc(1);
    this.#size = size;
  }

  /** Audio thread. @param y room for `paddedRows(size)` values; not x */
  run(y: Pointer, x: Pointer): void {
    this.#linear.run(y, x);
    this.#kernels.layerNormLeaky(
      y,
      this.#scale,
      this.#gamma,
      this.#beta,
      this.#size,
      this.#slope,
      this.#epsilon,
    );
  }
}
