import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../support/kernels';

describe.each(flavours)('analysisWindow (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(31);

  it.each([
    [1, 4],
    [3, 32],
    [4, 4],
    [30, 32],
    [1882, 4096],
    [2047, 2048],
    [2048, 4096],
  ])('takes the mean out and pads, n = %i in %i', (n, size) => {
    const guarded = new Guarded(heap);
    const y = guarded.buffer(size);
    for (let call = 0; call < 2; call++) {
      const x = randomArray(n, random).map((v) => v + 3);
      const xAt = guarded.buffer(x, 1);
      const mean = heap.kernels.analysisWindow(y, xAt, n, size);
      const expected = x.reduce((sum, v) => sum + v, 0) / n;
      expect(mean).toBeCloseTo(expected, 12);
      guarded.read(y).forEach((v, i) => {
        expect(v).toBeCloseTo(i < n ? x[i] - expected : 0, 6);
      });
    }
    guarded.check();
  });

  it('counts what is not finite, or absurd, as silence', () => {
    const faults = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -2e6];
    for (const fault of faults) {
      for (const place of [0, 3, 5, 8]) {
        const x = Float32Array.of(1, -1, 0.5, -0.5, 0.25, -0.25, 1, -1, 0);
        x[place] = fault;
        const mended = x.map((v, i) => (i === place ? 0 : v));
        const y = heap.alloc(12);
        const mean = heap.kernels.analysisWindow(y, heap.put(x), 9, 12);
        expect(mean).toBeCloseTo(mended.reduce((sum, v) => sum + v, 0) / 9, 9);
        heap.view(y, 9).forEach((v, i) => {
          expect(v).toBeCloseTo(mended[i] - mean, 6);
        });
      }
    }
  });

  it.each([1, 0.1, -0.37, 1e-5, 1234.56])('a constant %f becomes zeros', (constant) => {
    const y = heap.put(new Float32Array(4096).fill(9));
    const x = heap.put(new Float32Array(2046).fill(constant));
    const mean = heap.kernels.analysisWindow(y, x, 2046, 4096);
    expect(mean).toBeCloseTo(Math.fround(constant), 9);
    expect(heap.view(y, 4096).every((v) => v === 0)).toBe(true);
  });
});
