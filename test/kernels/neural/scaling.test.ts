import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

const expSigmoid = (u: number, max: number) => max * u ** Math.LN10 + 1e-7;

describe.each(flavours)('scaling kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(2);
  const lengths = [1, 2, 3, 4, 5, 31, 64, 257];

  it.each(lengths)('expSigmoid, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const u = randomArray(n, random, 0, 1);
    const uAt = guarded.buffer(u, 1);
    const yAt = guarded.buffer(n, 2);
    for (const max of [1, 2]) {
      heap.kernels.expSigmoid(yAt, uAt, max, n);
      guarded.read(yAt).forEach((y, i) => {
        const expected = expSigmoid(u[i], max);
        expect(Math.abs(y / expected - 1)).toBeLessThan(1e-6);
      });
    }
    guarded.check();
  });

  it('expSigmoid is exact to 1e-6 over the whole range, and at its ends', () => {
    const guarded = new Guarded(heap);
    const u = Float32Array.from({ length: 60_001 }, (_, i) => 10 ** (-i / 1500));
    u[60_000] = 0;
    const uAt = guarded.buffer(u);
    heap.kernels.expSigmoid(uAt, uAt, 2, u.length);
    let worst = 0;
    guarded.read(uAt).forEach((y, i) => {
      worst = Math.max(worst, Math.abs(y / expSigmoid(u[i], 2) - 1));
    });
    expect(worst).toBeLessThan(1e-6);
  });

  it('NaN stays NaN', () => {
    const at = heap.put([Number.NaN, 0.5, Number.NaN, 1, Number.NaN]);
    heap.kernels.expSigmoid(at, at, 1, 5);
    expect(Array.from(heap.view(at, 5), Number.isNaN)).toEqual([true, false, true, false, true]);
  });

  it.each(lengths)('expSigmoidBackward accumulates the derivative, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const u = randomArray(n, random, 0, 1);
    const dy = randomArray(n, random);
    const uAt = guarded.buffer(u);
    const dyAt = guarded.buffer(dy, 1);
    const duAt = guarded.buffer(n, 3);
    const step = 1e-6;
    const expected = Array.from(
      u,
      (x, i) => (dy[i] * (expSigmoid(x + step, 2) - expSigmoid(x - step, 2))) / (2 * step),
    );
    heap.kernels.expSigmoidBackward(duAt, dyAt, uAt, 2, n);
    expect(relativeError(guarded.read(duAt), expected)).toBeLessThan(1e-6);
    heap.kernels.expSigmoidBackward(duAt, dyAt, uAt, 2, n);
    expect(
      relativeError(
        guarded.read(duAt),
        expected.map((x) => 2 * x),
      ),
    ).toBeLessThan(1e-6);
    guarded.check();
  });

  it('expSigmoidBackward stays finite at 0 and 1', () => {
    const u = heap.put([0, 1e-30, 1, 0.25]);
    const dy = heap.put([1, 1, 1, 1]);
    const du = heap.put([0, 0, 0, 0]);
    heap.kernels.expSigmoidBackward(du, dy, u, 1, 4);
    const [a, b, c] = heap.view(du, 4);
    expect(a).toBeLessThan(1e-15);
    expect(b).toBeLessThan(1e-15);
    expect(c).toBeCloseTo(Math.LN10, 6);
  });
});
