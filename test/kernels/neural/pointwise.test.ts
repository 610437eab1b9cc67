import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';
import { centralDifferences, dot, gruCell, layerNormRelu, rowOf, sigmoid } from './twins';

const sizes = [1, 2, 3, 4, 7, 16, 50, 129];
const ROWS = 3;

describe.each(flavours)('pointwise kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(4);

  it.each(sizes)('sigmoid and its gradient, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const x = randomArray(n, random, -12, 12);
    const dy = randomArray(n, random);
    const y = guarded.buffer(x, 1);
    const dx = guarded.buffer(dy, 2);
    kernels.sigmoid(y, y, n);
    const expected = Array.from(x, sigmoid);
    guarded.read(y).forEach((v, i) => {
      expect(Math.abs(v / expected[i] - 1)).toBeLessThan(1e-6);
    });
    kernels.sigmoidBackward(dx, dx, y, n);
    const slopes = centralDifferences((at) => dot(dy, at.map(sigmoid)), x);
    // absolute: y near 1 carries the slope y (1 - y) no more exactly than that
    guarded.read(dx).forEach((v, i) => {
      expect(Math.abs(v - slopes[i])).toBeLessThan(2e-7);
    });
    guarded.check();
  });

  it('sigmoid is exact to 1e-6 from -87 to 88, level beyond, and passes NaN on', () => {
    const x = Float32Array.from({ length: 40_001 }, (_, i) => -87 + (i * 175) / 40_000);
    const y = heap.alloc(x.length);
    kernels.sigmoid(y, heap.put(x), x.length);
    const worst = heap.view(y, x.length).reduce((w, v, i) => Math.max(w, Math.abs(v / sigmoid(x[i]) - 1)), 0);
    expect(worst).toBeLessThan(1e-6);
    const ends = heap.put([Number.NaN, -Infinity, Infinity, -1e30, 1e30]);
    kernels.sigmoid(ends, ends, 5);
    const [nan, ...rest] = heap.view(ends, 5);
    expect(nan).toBeNaN();
    rest.forEach((v, i) => {
      expect(v).toBeCloseTo(i % 2, 7);
    });
  });

  it('tanh (the candidate of a GRU whose gates are shut) is exact to 1e-6, and passes NaN on', () => {
    const values = Array.from({ length: 4_000 }, (_, i) => 10 ** (-6 + i / 500));
    const x = [...values, ...values.map((v) => -v), 0, Infinity, -Infinity, Number.NaN];
    const gates = heap.put([...x.map(() => 0), ...x.map(() => -100), ...x]);
    const recurrent = heap.alloc(3 * x.length);
    const next = heap.alloc(x.length);
    kernels.gruCell(next, heap.alloc(x.length), gates, recurrent, 1, x.length, x.length, 3 * x.length);
    const got = heap.view(next, x.length);
    const isWrong = (v: number, i: number) => {
      const expected = Math.tanh(Math.fround(x[i]));
      return Number.isNaN(expected)
        ? !Number.isNaN(v)
        : !(Math.abs(v - expected) <= 1e-6 * Math.abs(expected));
    };
    expect(Array.from(got).filter(isWrong)).toEqual([]);
  });

  it.each(sizes)('layerNormRelu, size %i', (size) => {
    const guarded = new Guarded(heap);
    const stride = size + 3;
    const x = randomArray(ROWS * stride, random, -2, 3);
    const gamma = randomArray(size, random, 0.5, 1.5);
    const beta = randomArray(size, random);
    const xAt = guarded.buffer(x, 1);
    const yAt = guarded.buffer(new Float32Array(ROWS * stride).fill(5));
    const inPlace = guarded.buffer(x);
    const scales = guarded.buffer(ROWS);
    const gammaAt = guarded.buffer(gamma, 1);
    const betaAt = guarded.buffer(beta, 2);
    kernels.layerNormRelu(yAt, xAt, scales, gammaAt, betaAt, ROWS, size, stride);
    kernels.layerNormRelu(inPlace, inPlace, scales, gammaAt, betaAt, ROWS, size, stride);
    for (let row = 0; row < ROWS; row++) {
      const expected = layerNormRelu(rowOf(x, row, stride, size), gamma, beta);
      for (const at of [yAt, inPlace]) {
        const got = rowOf(guarded.read(at), row, stride, size);
        expect(Math.max(...got.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(2e-6);
      }
    }
    expect(guarded.read(yAt).filter((v, i) => i % stride >= size && v !== 5)).toHaveLength(0);
    guarded.check();
  });

  it.each(sizes)('layerNormReluBackward against central differences, size %i', (size) => {
    const guarded = new Guarded(heap);
    const stride = size + 1;
    const x = randomArray(ROWS * stride, random, -2, 3);
    const gamma = randomArray(size, random, 0.5, 1.5);
    const beta = randomArray(size, random);
    const dy = randomArray(ROWS * stride, random);
    const xAt = guarded.buffer(x);
    const yAt = guarded.buffer(ROWS * stride);
    const scales = guarded.buffer(ROWS);
    const gammaAt = guarded.buffer(gamma);
    const dgamma = guarded.buffer(new Float32Array(size).fill(1), 1);
    const dbeta = guarded.buffer(new Float32Array(size).fill(2), 3);
    const dyAt = guarded.buffer(dy, 1);
    kernels.layerNormRelu(yAt, xAt, scales, gammaAt, guarded.buffer(beta), ROWS, size, stride);
    kernels.layerNormReluBackward(dyAt, dgamma, dbeta, yAt, xAt, scales, gammaAt, ROWS, size, stride);

    const weighted = (row: number, at: number[], g: ArrayLike<number>, b: ArrayLike<number>) =>
      dot(layerNormRelu(at, g, b), rowOf(dy, row, stride, size));
    const rows = [0, 1, 2].map((row) => rowOf(x, row, stride, size));
    const all = (g: ArrayLike<number>, b: ArrayLike<number>) =>
      rows.reduce((sum, at, row) => sum + weighted(row, at, g, b), 0);
    rows.forEach((at, row) => {
      const expected = centralDifferences((moved) => weighted(row, moved, gamma, beta), at);
      const got = rowOf(guarded.read(dyAt), row, stride, size);
      const error = Math.max(...got.map((v, i) => Math.abs(v - expected[i])));
      // a row of two values is close to a step: its true gradient is nearly zero
      expect(error).toBeLessThan(2e-5);
    });
    const dg = centralDifferences((g) => all(g, beta), gamma).map((v) => v + 1);
    const db = centralDifferences((b) => all(gamma, b), beta).map((v) => v + 2);
    expect(relativeError(guarded.read(dgamma), dg)).toBeLessThan(1e-5);
    expect(relativeError(guarded.read(dbeta), db)).toBeLessThan(1e-5);
    guarded.check();
  });

  it('layerNormRelu: NaN in a row stays in that row', () => {
    const x = heap.put([1, Number.NaN, 2, 3, 4, 5, 6, 8]);
    kernels.layerNormRelu(x, x, heap.alloc(2), heap.put([1, 1, 1, 1]), heap.put([0, 0, 0, 0]), 2, 4, 4);
    expect(Array.from(heap.view(x + 16, 4)).every(Number.isFinite)).toBe(true);
  });

  it.each(sizes)('gruCell and gruCellBackward, size %i', (size) => {
    const guarded = new Guarded(heap);
    const stride = size + 2;
    const gateStride = 3 * size + 1;
    const state = randomArray(ROWS * stride, random);
    const gates = randomArray(ROWS * gateStride, random, -3, 3);
    const recurrent = randomArray(ROWS * gateStride, random, -3, 3);
    const dnext = randomArray(ROWS * stride, random);
    const stateAt = guarded.buffer(state, 1);
    const gatesAt = guarded.buffer(gates);
    const recurrentAt = guarded.buffer(recurrent, 3);
    const next = guarded.buffer(ROWS * stride);
    const dstate = guarded.buffer(new Float32Array(ROWS * stride).fill(1));
    kernels.gruCell(next, stateAt, gatesAt, recurrentAt, ROWS, size, stride, gateStride);
    const nextValues = guarded.read(next);
    kernels.gruCellBackward(
      dstate,
      guarded.buffer(dnext),
      stateAt,
      gatesAt,
      recurrentAt,
      ROWS,
      size,
      stride,
      gateStride,
    );
    for (let row = 0; row < ROWS; row++) {
      const h = rowOf(state, row, stride, size);
      const g = rowOf(gates, row, gateStride, 3 * size);
      const w = rowOf(recurrent, row, gateStride, 3 * size);
      const d = rowOf(dnext, row, stride, size);
      expect(relativeError(rowOf(nextValues, row, stride, size), gruCell(h, g, w))).toBeLessThan(1e-6);
      const dh = centralDifferences((at) => dot(d, gruCell(at, g, w)), h).map((v) => v + 1);
      const dg = centralDifferences((at) => dot(d, gruCell(h, at, w)), g);
      const dw = centralDifferences((at) => dot(d, gruCell(h, g, at)), w);
      expect(relativeError(rowOf(guarded.read(dstate), row, stride, size), dh)).toBeLessThan(1e-5);
      expect(relativeError(rowOf(guarded.read(gatesAt), row, gateStride, 3 * size), dg)).toBeLessThan(1e-5);
      expect(relativeError(rowOf(guarded.read(recurrentAt), row, gateStride, 3 * size), dw)).toBeLessThan(
        1e-5,
      );
    }
    guarded.check();
  });
});
