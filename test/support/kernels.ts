/** Kernel instances for tests, buffers with canaries, seeded random numbers and error measures. */

import { expect } from 'vitest';
import * as train from '../../build/kernels/train';
import { plainBinary, relaxedBinary } from '../../src/dsp/binary';
import type { TrainKernels } from '../../src/dsp/heap';
import { Heap, type Pointer } from '../../src/dsp/heap';

const modules = {
  simd: new WebAssembly.Module(plainBinary(train)),
  relaxed: WebAssembly.validate(relaxedBinary(train)) ? new WebAssembly.Module(relaxedBinary(train)) : null,
};

/** Both builds of the kernels; a kernel test runs over each. */
export const flavours = ['simd', 'relaxed'] as const;
export type Flavour = (typeof flavours)[number];

export function newHeap(flavour: Flavour = 'simd'): Heap<TrainKernels> {
  const module = modules[flavour];
  if (!module) throw new Error('relaxed SIMD is switched off in this Node (see vitest.config.ts)');
  return new Heap<TrainKernels>(module);
}

let names = 0;

/** A name that nothing else has: a heap keeps one table for each name. */
export function newName(): string {
  return `unnamed${names++}`;
}

const GUARD = 32;
const CANARY = -1234567.25;

/** Buffers with canaries before and after them; `check` fails if any was written to. */
export class Guarded {
  readonly #buffers: { at: Pointer; count: number }[] = [];
  constructor(readonly heap: Heap<TrainKernels>) {}

  /** @param shift floats by which the buffer is off its natural alignment */
  buffer(values: ArrayLike<number> | number, shift = 0): Pointer {
    const count = typeof values === 'number' ? values : values.length;
    const base = this.heap.alloc(count + 2 * GUARD + shift);
    const at = base + (GUARD + shift) * 4;
    this.heap.view(at - GUARD * 4, count + 2 * GUARD).fill(CANARY);
    const body = this.heap.view(at, count);
    if (typeof values === 'number') body.fill(0);
    else body.set(values);
    this.#buffers.push({ at, count });
    return at;
  }

  read(at: Pointer): Float32Array {
    const found = this.#buffers.find((b) => b.at === at);
    if (!found) throw new Error('not a guarded buffer');
    return this.heap.view(at, found.count).slice();
  }

  check(): void {
    for (const { at, count } of this.#buffers) {
      const before = this.heap.view(at - GUARD * 4, GUARD);
      const after = this.heap.view(at + count * 4, GUARD);
      expect([...before, ...after].every((value) => value === CANARY)).toBe(true);
    }
  }
}

/** The same bits; `toEqual` takes a second for some hundred thousand values. */
export function expectSame(actual: Float32Array, expected: Float32Array): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  if (!bytes(actual).equals(bytes(expected))) expect(actual).toEqual(expected);
}

/** Uniform in [0, 1). */
export { uniform as randomiser } from '../../src/train/learn/random';

export function randomArray(count: number, random: () => number, low = -1, high = 1): Float32Array {
  return Float32Array.from({ length: count }, () => low + (high - low) * random());
}

/** |a - b| / |b|, both as vectors (L2). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let error = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(error / Math.max(norm, 1e-30));
}

/** Signal to error, dB. */
export function signalToError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return -20 * Math.log10(relativeError(actual, expected));
}
