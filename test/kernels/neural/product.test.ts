import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

/** a[m, k] b[n, k]^T in double precision, rows of `strideA` and `strideB` values. */
function product(
  a: Float32Array,
  strideA: number,
  b: Float32Array,
  strideB: number,
  m: number,
  n: number,
  k: number,
) {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let d = 0; d < k; d++) c[i * n + j] += a[i * strideA + d] * b[j * strideB + d];
    }
  }
  return c;
}

function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: x.length }, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]);
}

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

describe.each(flavours)('matrix kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(3);

  describe.each([4, 8, 16])('packing by %i', (width) => {
    it.each([
      [1, 1],
      [3, 5],
      [4, 4],
      [16, 8],
      [17, 7],
      [50, 33],
    ])('%i neighbours, depth %i', (count, depth) => {
      const guarded = new Guarded(heap);
      const padded = roundUp(count, width);
      const rowsStride = depth + 3;
      const columnsStride = count + 1;
      const rows = randomArray(count * rowsStride, random);
      const columns = randomArray(depth * columnsStride, random);
      const rowsAt = guarded.buffer(rows, 1);
      const columnsAt = guarded.buffer(columns, 3);
      const toRows = guarded.buffer(new Float32Array(padded * depth).fill(9), 1);
      const toColumns = guarded.buffer(new Float32Array(padded * depth).fill(9));
      kernels.packRows(toRows, rowsAt, rowsStride, count, depth, width);
      kernels.packColumns(toColumns, columnsAt, columnsStride, depth, count, width);
      const expected = (value: (neighbour: number, d: number) => number) =>
        Float32Array.from({ length: padded * depth }, (_, i) => {
          const neighbour = Math.floor(i / (width * depth)) * width + (i % width);
          return neighbour < count ? value(neighbour, Math.floor(i / width) % depth) : 0;
        });
      expect(guarded.read(toRows)).toEqual(expected((n, d) => rows[n * rowsStride + d]));
      expect(guarded.read(toColumns)).toEqual(expected((n, d) => columns[d * columnsStride + n]));
      guarded.check();
    });
  });

  // tails in each direction, several blocks of rows (128) and of depth (512)
  const shapes = [
    [1, 1, 1],
    [4, 8, 4],
    [3, 7, 2],
    [8, 192, 64],
    [13, 9, 50],
    [131, 23, 17],
    [6, 11, 1025],
    [260, 16, 513],
  ];

  it.each(shapes)('gemm with bias, then accumulating: %i x %i x %i', (m, n, k) => {
    const guarded = new Guarded(heap);
    const stride = n + 5;
    const x = randomArray(m * k, random);
    const w = randomArray(n * k, random);
    const bias = randomArray(n, random);
    const left = guarded.buffer(roundUp(m, 4) * k);
    const right = guarded.buffer(roundUp(n, 8) * k);
    const biasAt = guarded.buffer(bias, 1);
    const y = guarded.buffer(new Float32Array(m * stride).fill(7), 2);
    kernels.packRows(left, guarded.buffer(x), k, m, k, 4);
    kernels.packRows(right, guarded.buffer(w), k, n, k, 8);

    const plain = product(x, k, w, k, m, n, k);
    const rowsOf = (values: Float32Array) => values.filter((_, i) => i % stride < n);
    kernels.gemm(y, stride, left, right, biasAt, m, n, k, 0);
    expect(
      relativeError(
        rowsOf(guarded.read(y)),
        plain.map((v, i) => v + bias[i % n]),
      ),
    ).toBeLessThan(2e-6);
    kernels.gemm(y, stride, left, right, 0, m, n, k, 1);
    expect(
      relativeError(
        rowsOf(guarded.read(y)),
        plain.map((v, i) => 2 * v + bias[i % n]),
      ),
    ).toBeLessThan(2e-6);
    kernels.gemm(y, stride, left, right, 0, m, n, k, 0);
    expect(relativeError(rowsOf(guarded.read(y)), plain)).toBeLessThan(2e-6);
    expect(guarded.read(y).filter((v, i) => i % stride >= n && v !== 7)).toHaveLength(0);
    guarded.check();
  });

  it.each(shapes)('gradients of a linear layer: %i rows, %i outputs, %i inputs', (rows, outputs, inputs) => {
    const guarded = new Guarded(heap);
    const x = randomArray(rows * inputs, random);
    const w = randomArray(outputs * inputs, random);
    const dy = randomArray(rows * outputs, random);
    const dyAt = guarded.buffer(dy);
    const xAt = guarded.buffer(x);
    const dw = guarded.buffer(outputs * inputs, 1);
    const db = guarded.buffer(outputs, 3);
    const dx = guarded.buffer(rows * inputs);
    const left = guarded.buffer(roundUp(rows, 4) * roundUp(outputs, 4));
    const right = guarded.buffer(roundUp(inputs, 8) * Math.max(rows, outputs));

    kernels.packRows(left, dyAt, outputs, rows, outputs, 4);
    kernels.packColumns(right, guarded.buffer(w), inputs, outputs, inputs, 8);
    kernels.gemm(dx, inputs, left, right, 0, rows, inputs, outputs, 0);
    const wT = transposed(w, outputs, inputs);
    expect(
      relativeError(guarded.read(dx), product(dy, outputs, wT, outputs, rows, inputs, outputs)),
    ).toBeLessThan(2e-6);

    for (let round = 0; round < 2; round++) {
      kernels.packColumns(left, dyAt, outputs, rows, outputs, 4);
      kernels.packColumns(right, xAt, inputs, rows, inputs, 8);
      kernels.gemm(dw, inputs, left, right, 0, outputs, inputs, rows, 1);
      kernels.addColumnSums(db, dyAt, outputs, rows, outputs);
    }
    const dyT = transposed(dy, rows, outputs);
    const xT = transposed(x, rows, inputs);
    const once = product(dyT, rows, xT, rows, outputs, inputs, rows);
    expect(
      relativeError(
        guarded.read(dw),
        once.map((v) => 2 * v),
      ),
    ).toBeLessThan(2e-6);
    const sums = product(dyT, rows, new Float32Array(rows).fill(2), rows, outputs, 1, rows);
    expect(relativeError(guarded.read(db), sums)).toBeLessThan(2e-6);
    guarded.check();
  });

  it.each([
    [1, 1],
    [16, 4],
    [17, 2],
    [50, 50],
    [127, 33],
    [192, 64],
    [514, 512],
  ])('gemv, %i x %i', (rows, depth) => {
    const guarded = new Guarded(heap);
    const padded = roundUp(rows, 16);
    const w = randomArray(rows * depth, random);
    const x = randomArray(depth, random);
    const bias = new Float32Array(padded);
    bias.set(randomArray(rows, random));
    const panels = guarded.buffer(padded * depth);
    const y = guarded.buffer(new Float32Array(padded).fill(5));
    const biasAt = guarded.buffer(bias);
    const xAt = guarded.buffer(x, 1);
    kernels.packRows(panels, guarded.buffer(w), depth, rows, depth, 16);
    const expected = bias.map((b, i) => (i < rows ? b : 0));
    product(w, depth, x, depth, rows, 1, depth).forEach((v, i) => {
      expected[i] += v;
    });
    kernels.gemv(y, panels, xAt, biasAt, rows, depth);
    kernels.gemv(y, panels, xAt, biasAt, rows, depth);
    expect(relativeError(guarded.read(y), expected)).toBeLessThan(2e-6);
    guarded.check();
  });
});
