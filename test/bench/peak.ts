/** What this machine can do at most, measured with the kernels themselves: the yardstick of the floors. */

import type { TrainKernels } from '../../src/dsp/heap';
import { Heap } from '../../src/dsp/heap';
import { time } from './measure';

export interface Peak {
  /** multiplications and additions a second, one thread: a matrix product whose operands are in the cache */
  readonly operations: number;
  /** bytes a second, one thread: the sum of two vectors far larger than the cache, read and written */
  readonly bytes: number;
  /** as much of a copy between vectors as large as the weights of the largest decoder, which L2 does not hold */
  readonly farBytes: number;
}

const ROWS = 64;
const COLUMNS = 64;
const DEPTH = 256;
const PRODUCTS = 200;
const FLOATS = 1 << 23;
/** 12.6 MB, read and written */
const FAR_FLOATS = 1_575_000;

export function measurePeak(module: WebAssembly.Module): Peak {
  const heap = new Heap<TrainKernels>(module);
  const [left, right, product] = [ROWS * DEPTH, COLUMNS * DEPTH, ROWS * COLUMNS].map((n) => heap.alloc(n));
  const [a, b, sum] = Array.from({ length: 3 }, () => heap.alloc(FLOATS));
  heap.seal();
  const { kernels } = heap;
  const multiply = time(
    () => {
      for (let i = 0; i < PRODUCTS; i++) {
        kernels.gemm(product, COLUMNS, left, right, 0, ROWS, COLUMNS, DEPTH, 0);
      }
    },
    { runs: 15 },
  );
  const add = time(() => kernels.add(sum, a, b, FLOATS), { runs: 15 });
  const copy = time(() => kernels.move(a, b, FAR_FLOATS), { runs: 15 });
  return {
    operations: (2 * ROWS * COLUMNS * DEPTH * PRODUCTS) / multiply.min,
    bytes: (3 * 4 * FLOATS) / add.min,
    farBytes: (2 * 4 * FAR_FLOATS) / copy.min,
  };
}
