/**
 * Plans for the real FFT kernels: twiddles, computed in double precision, and scratch.
 *
 *   const fft = plans.get(2048);
 *   kernels.rfft(spectrum, x, fft.tables, fft.work, fft.size);
 *   kernels.irfft(x, spectrum, fft.tables, fft.work, fft.size);
 *
 * The layout of a spectrum is described in src/kernels/spectral/fft.ts.
 */

import type { Heap, Pointer } from './heap';

const SMALLEST = 32;
export const LARGEST_FFT = 262144;
/** butterflies computed between two pauses of the set-up */
const TURN = 512;

/** Twiddles of the passes (six floats per butterfly), then those that separate even and odd samples. */
function* twiddles(size: number): Generator<void, Float32Array> {
  const m = size / 2;
  const values: number[] = [];
  const turn = (fraction: number): [number, number] => [
    Math.cos(2 * Math.PI * fraction),
    -Math.sin(2 * Math.PI * fraction),
  ];
  // the first pass takes four butterflies at once: each of the six values as a vector of four
  for (let p = 0; p < m / 4; p += 4) {
    if (p % TURN === 0) yield;
    for (let power = 1; power <= 3; power++) {
      for (let part = 0; part < 2; part++) {
        for (let lane = 0; lane < 4; lane++) values.push(turn((power * (p + lane)) / m)[part]);
      }
    }
  }
  for (let length = m / 4; length > 8; length /= 4) {
    for (let p = 0; p < length / 4; p++) {
      if (p % TURN === 0) yield;
      for (let power = 1; power <= 3; power++) values.push(...turn((power * p) / length));
    }
  }
  // -i/2 exp(-2 pi i k / size)
  for (let k = 1; k <= m / 2; k += 4) {
    if (k % TURN === 1) yield;
    for (let lane = 0; lane < 4; lane++) values.push(0.5 * turn((k + lane) / size)[1]);
    for (let lane = 0; lane < 4; lane++) values.push(-0.5 * turn((k + lane) / size)[0]);
  }
  return Float32Array.from(values);
}

/** A plan for one size. Set-up only; immutable afterwards. */
export class RealFft {
  /** N/2 + 1 */
  readonly bins: number;
  /** floats from the real parts of a spectrum to the imaginary ones: N/2 + 4 */
  readonly stride: number;
  /** floats a spectrum takes: N + 8 */
  readonly spectrumLength: number;
  readonly tables: Pointer;
  readonly work: Pointer;

  /**
   * @param size N, a power of two, 32..262144
   * @param work N floats of scratch; may be shared with other plans of the same heap
   * @throws RangeError for another size
   */
  constructor(
    heap: Heap,
    readonly size: number,
    work?: Pointer,
  ) {
    if (size < SMALLEST || size > LARGEST_FFT || (size & (size - 1)) !== 0) {
      throw new RangeError(`FFT size ${size}: must be a power of two from ${SMALLEST} to ${LARGEST_FFT}`);
    }
    this.bins = size / 2 + 1;
    this.stride = size / 2 + 4;
    this.spectrumLength = 2 * this.stride;
    this.tables = heap.constant(`twiddles/${size}`, () => twiddles(size));
    this.work = work ?? heap.alloc(size);
  }
}

/** One plan per size, shared by all users of a heap. */
export class FftPlans {
  readonly #plans = new Map<number, RealFft>();
  readonly #heap: Heap;
  static readonly #shared = new WeakMap<Heap, FftPlans>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The plans that all users of `heap` share. */
  static of(heap: Heap): FftPlans {
    let plans = FftPlans.#shared.get(heap);
    if (!plans) {
      plans = new FftPlans(heap);
      FftPlans.#shared.set(heap, plans);
    }
    return plans;
  }

  /** The plan for `size`. Set-up only: the first call makes it. */
  get(size: number): RealFft {
    let plan = this.#plans.get(size);
    if (!plan) {
      plan = new RealFft(this.#heap, size);
      this.#plans.set(size, plan);
    }
    return plan;
  }
}

/** The smallest FFT size that holds `length` samples. */
export function fftSizeFor(length: number): number {
  let size = SMALLEST;
  while (size < length) size *= 2;
  return size;
}
