/** Adam over the flat parameter vector, on the main thread of the run, computed in WASM. */

import type { TrainKernels } from '../../dsp/heap';
import { Heap } from '../../dsp/heap';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

export interface Rate {
  /** index after the last value of the stretch */
  readonly end: number;
  readonly learningRate: number;
  /** weight decay of the step, as a share of the values; default 0 */
  readonly shrink?: number;
}

export interface AdamState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

/**
 * Kingma & Ba 2015, with PyTorch's defaults and bias correction. Weight decay is decoupled from the gradients
 * (Loshchilov & Hutter 2019).
 */
export class Adam {
  /** views that change with every step */
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly firstMoments: Float32Array<ArrayBuffer>;
  readonly secondMoments: Float32Array<ArrayBuffer>;
  readonly #heap: Heap<TrainKernels>;
  readonly #gradients: Float32Array;
  readonly #added: Float32Array;
  readonly #size: number;
  #step = 0;

  /** @param size values in the flat parameter vector */
  constructor(module: WebAssembly.Module, size: number) {
    const heap = new Heap<TrainKernels>(module);
    const [parameters, first, second, gradients, added] = Array.from({ length: 5 }, () => heap.alloc(size));
    heap.seal();
    this.#heap = heap;
    this.#size = size;
    this.parameters = heap.view(parameters, size);
    this.firstMoments = heap.view(first, size);
    this.secondMoments = heap.view(second, size);
    this.#gradients = heap.view(gradients, size);
    this.#added = heap.view(added, size);
  }

  restore({ step, parameters, firstMoments, secondMoments }: AdamState): void {
    this.#step = step;
    this.parameters.set(parameters);
    this.firstMoments.set(firstMoments);
    this.secondMoments.set(secondMoments);
  }

  /**
   * Takes one step along the sum of `gradients`, added in the given order.
   * @param rates learning rates of consecutive stretches of the vector, each up to its `end`
   * @param clipNorm maximum norm of the gradient (L2 over all parameters); longer gradients are scaled down
   * @returns the norm before clipping; if it is not finite, nothing was changed
   */
  step(
    gradients: readonly Float32Array[],
    rates: readonly Rate[],
    clipNorm = Number.POSITIVE_INFINITY,
  ): number {
    const { kernels } = this.#heap;
    const size = this.#size;
    const sum = this.#gradients;
    sum.set(gradients[0]);
    for (const gradient of gradients.slice(1)) {
      this.#added.set(gradient);
      kernels.addTo(sum.byteOffset, this.#added.byteOffset, size);
    }
    const norm = Math.sqrt(kernels.sumOfSquares(sum.byteOffset, size));
    if (!Number.isFinite(norm)) return norm;
    if (norm > clipNorm) kernels.scaleBy(sum.byteOffset, clipNorm / norm, size);
    this.#step++;
    let start = 0;
    for (const { end, learningRate, shrink = 0 } of rates) {
      const skip = 4 * start;
      if (shrink > 0) kernels.scaleBy(this.parameters.byteOffset + skip, 1 - shrink, end - start);
      kernels.adam(
        this.parameters.byteOffset + skip,
        sum.byteOffset + skip,
        this.firstMoments.byteOffset + skip,
        this.secondMoments.byteOffset + skip,
        end - start,
        this.#step,
        learningRate,
        BETA_1,
        BETA_2,
        EPSILON,
      );
      start = end;
    }
    return norm;
  }
}
