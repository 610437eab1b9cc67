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

/** Names of a layer's tensors: `weight`, (rows, depth) row-major, and `bias`, (rows). */
export interface LinearNames {
  readonly weight: string;
  readonly bias: string;
}

/** y = W x + b. */
export interface Linear {
  /** Audio thread. @param y room for `paddedRows(rows)` values */
  run(y: Pointer, x: Pointer): void;
}

/**
 * Values of a matrix from which on it is kept in 16 bits. Smaller ones stay in the processor's caches, where 32 bits are
 * as quick.
 */
export const COMPACT_FROM = 2 ** 16;

export function linear(heap: Heap, rows: number, depth: number, names: LinearNames, values: Values): Linear {
  const Layer = rows * depth >= COMPACT_FROM ? CompactLinear : WideLinear;
  return new Layer(heap, rows, depth, names, values);
}

/** Weights as they are. */
export class WideLinear implements Linear {
  readonly #kernels: Heap['kernels'];
  readonly #weight: Pointer;
  readonly #bias: Pointer;
  readonly #rows: number;
  readonly #depth: number;

  constructor(heap: Heap, rows: number, depth: number, { weight, bias }: LinearNames, values: Values) {
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

  run(y: Pointer, x: Pointer): void {
    this.#kernels.gemv(y, this.#weight, x, this.#bias, this.#rows, this.#depth);
  }
}

const LARGEST = 32_767;

/**
 * Weights as whole numbers of 16 bits, each row with a scale of its own: half the memory that streams through the
 * processor at every frame. The rounding is 1 / 65534 of the row's largest weight at most, which 16-bit floats, with 8 or
 * 11 significant bits, do not reach.
 */
export class CompactLinear implements Linear {
  readonly #kernels: Heap['kernels'];
  readonly #weight: Pointer;
  readonly #scale: Pointer;
  readonly #bias: Pointer;
  readonly #rows: number;
  readonly #depth: number;

  constructor(heap: Heap, rows: number, depth: number, { weight, bias }: LinearNames, values: Values) {
    const padded = paddedRows(rows);
    this.#kernels = heap.kernels;
    this.#rows = rows;
    this.#depth = depth;
    this.#bias = heap.filled(bias, padded, (at) => heap.view(at, rows).set(values(bias)));
    this.#scale = heap.filled(`${weight}/scale`, padded, (at) => {
      heap.view(at, rows).set(rowScales(values(weight), depth));
    });
    this.#weight = heap.filled(`${weight}/16`, (padded * depth) / 2, (at) => {
      const { buffer, byteOffset } = heap.view(at, (padded * depth) / 2);
      packWholes(new Int16Array(buffer, byteOffset, padded * depth), values(weight), depth);
    });
  }

  run(y: Pointer, x: Pointer): void {
    this.#kernels.gemv16(y, this.#weight, this.#scale, x, this.#bias, this.#rows, this.#depth);
  }
}

function rowScales(tensor: Float32Array, depth: number): Float32Array {
  const scales = new Float32Array(tensor.length / depth);
  for (let row = 0; row < scales.length; row++) {
    let largest = 0;
    for (let i = row * depth; i < (row + 1) * depth; i++) largest = Math.max(largest, Math.abs(tensor[i]));
    scales[row] = largest / LARGEST;
  }
  return scales;
}

/** In panels of 16 rows, as `packRows` makes them. */
function packWholes(to: Int16Array, tensor: Float32Array, depth: number): void {
  const scales = rowScales(tensor, depth);
  for (let row = 0; row < scales.length; row++) {
    const inverse = scales[row] > 0 ? 1 / scales[row] : 0;
    const panel = (row - (row % PANEL)) * depth + (row % PANEL);
    for (let i = 0; i < depth; i++) to[panel + i * PANEL] = Math.round(tensor[row * depth + i] * inverse);
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
    this.#linear = linear(heap, size, depth, names, values);
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
