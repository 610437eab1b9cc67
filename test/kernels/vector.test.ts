import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../support/kernels';

describe.each(flavours)('vector kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(1);

  it.each([1, 3, 4, 7, 64, 129])('addTo, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const x = randomArray(n, random);
    const y = randomArray(n, random);
    const xAt = guarded.buffer(x);
    const yAt = guarded.buffer(y, 1);
    heap.kernels.addTo(yAt, xAt, n);
    heap.kernels.addTo(yAt, xAt, n);
    guarded.read(yAt).forEach((value, i) => {
      expect(value).toBeCloseTo(y[i] + 2 * x[i], 5);
    });
    guarded.check();
  });

  it.each([1, 3, 4, 7, 64, 129])('multiply, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const [a, b] = [randomArray(n, random), randomArray(n, random)];
    const aAt = guarded.buffer(a, 1);
    heap.kernels.multiply(aAt, aAt, guarded.buffer(b), n);
    expect(guarded.read(aAt)).toEqual(a.map((value, i) => value * b[i]));
    guarded.check();
  });

  it.each([1, 3, 4, 7, 64, 129])('distance, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const a = randomArray(n, random);
    const at = guarded.buffer(a, 1);
    expect(heap.kernels.distance(at, at, n)).toBe(0);
    for (let i = 0; i < n; i++) {
      const b = a.map((value, k) => (k === i ? value - 3 : value + 0.5));
      expect(heap.kernels.distance(at, guarded.buffer(b), n)).toBeCloseTo(3, 5);
    }
    guarded.check();
  });

  it.each([1, 3, 4, 7, 64, 129])('isSilent, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const silent = (values: Float32Array) => heap.kernels.isSilent(guarded.buffer(values, 1), n) !== 0;
    const faint = new Float32Array(n).fill(-9e-13);
    expect(silent(faint)).toBe(true);
    expect(silent(faint.fill(Number.NaN))).toBe(true);
    for (let i = 0; i < n; i++) {
      const loud = new Float32Array(n);
      loud[i] = i % 2 ? 1.1e-12 : -3;
      expect(silent(loud)).toBe(false);
    }
    guarded.check();
  });

  it.each([1, 3, 4, 7, 64, 129])('rampGain, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const y = randomArray(n, random);
    const yAt = guarded.buffer(y);
    heap.kernels.rampGain(yAt, 0.25, 2, n);
    guarded.read(yAt).forEach((value, i) => {
      expect(value).toBeCloseTo(y[i] * (0.25 + (1.75 * (i + 1)) / n), 5);
    });
    guarded.check();
  });
});
