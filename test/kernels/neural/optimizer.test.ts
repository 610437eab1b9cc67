import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

describe.each(flavours)('optimizer kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(5);
  const lengths = [1, 3, 4, 6, 64, 131];

  it.each(lengths)('adam, 30 steps with a falling rate, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
    const start = randomArray(n, random);
    const parameters = guarded.buffer(start, 1);
    const m = guarded.buffer(n);
    const v = guarded.buffer(n, 2);
    const gradients = guarded.buffer(n);
    const p = Float64Array.from(start);
    const first = new Float64Array(n);
    const second = new Float64Array(n);
    for (let step = 1; step <= 30; step++) {
      const rate = 1e-2 * 0.98 ** step;
      const g = randomArray(n, random, -1, 2);
      g[0] = 0;
      heap.view(gradients, n).set(g);
      kernels.adam(parameters, gradients, m, v, n, step, rate, beta1, beta2, epsilon);
      for (let i = 0; i < n; i++) {
        first[i] = beta1 * first[i] + (1 - beta1) * g[i];
        second[i] = beta2 * second[i] + (1 - beta2) * g[i] ** 2;
        const root = Math.sqrt(second[i] / (1 - beta2 ** step));
        p[i] -= (rate * (first[i] / (1 - beta1 ** step))) / (root + epsilon);
      }
    }
    const moved = (values: ArrayLike<number>) => Array.from(values, (value, i) => value - start[i]);
    expect(guarded.read(parameters)[0]).toBe(start[0]);
    if (n > 1) expect(relativeError(moved(guarded.read(parameters)), moved(p))).toBeLessThan(1e-5);
    guarded.check();
  });

  it.each(lengths)('sumOfSquares and scaleBy, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const x = randomArray(n, random, -1e4, 1e4);
    const at = guarded.buffer(x, 1);
    const expected = x.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(kernels.sumOfSquares(at, n) / expected - 1)).toBeLessThan(1e-12);
    kernels.scaleBy(at, -0.5, n);
    expect(guarded.read(at)).toEqual(x.map((value) => -0.5 * value));
    guarded.check();
  });

  it('sumOfSquares of a long vector keeps its digits', () => {
    const n = 1_000_003;
    const x = heap.alloc(n);
    heap.view(x, n).fill(0.1);
    expect(kernels.sumOfSquares(x, n)).toBeCloseTo(n * Math.fround(0.1) ** 2, 6);
  });
});
