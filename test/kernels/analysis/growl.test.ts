import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../support/kernels';

describe.each(flavours)('growl (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(72);
  const n = 1440;
  const shortest = 48;

  /** v of samples at a lag */
  function doubt(x: Float32Array, lag: number): number {
    const guarded = new Guarded(heap);
    const y = guarded.buffer(x);
    const work = guarded.buffer(kernels.growlWork(n, shortest));
    kernels.growlDoubt(y, n, lag, work);
    const value = kernels.growlDoubt(y, n, lag, work);
    guarded.check();
    return value;
  }

  /** noise that repeats every `period` samples, the periods from `begin` on weaker in turn */
  function growl(period: number, weaker: number, begin = 0): Float32Array {
    const shape = randomArray(period, random, -1, 1);
    return Float32Array.from(
      { length: n },
      (_, i) => shape[i % period] * (Math.floor((i + period - begin) / period) % 2 ? 1 - weaker : 1),
    );
  }

  it.each([48, 109, 200, 480, 719])('is nothing for equal and for weaker periods of %i', (period) => {
    expect(doubt(growl(period, 0), period)).toBeLessThan(1e-5);
    for (const begin of [0, period >> 2, period - 5])
      expect(doubt(growl(period, 0.4, begin), period)).toBeLessThan(0.012);
  });

  it('stays where periods differ in shape, and where nothing repeats', () => {
    const two = Float32Array.from(
      { length: n },
      (_, i) => Math.sin((4 * Math.PI * i) / 200) + 0.25 * Math.sin((2 * Math.PI * i) / 200),
    );
    expect(doubt(two, 100)).toBeGreaterThan(0.03);
    expect(doubt(Float32Array.from(randomArray(n, random, -1, 1)), 100)).toBeGreaterThan(0.5);
  });

  it('is 1 where there is no energy', () => {
    expect(doubt(new Float32Array(n), 100)).toBe(1);
    expect(doubt(new Float32Array(n), n - 1)).toBe(1);
  });
});
