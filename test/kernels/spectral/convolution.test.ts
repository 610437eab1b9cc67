import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

const STRIDES = [4, 20, 36, 132];

/** Bin by bin over split spectra, in double precision. */
function bins(stride: number, rule: (k: number) => [number, number]): Float64Array {
  const out = new Float64Array(2 * stride);
  for (let k = 0; k < stride; k++) [out[k], out[stride + k]] = rule(k);
  return out;
}

describe.each(flavours)('products of spectra (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(4);

  describe.each(STRIDES)('stride %i', (stride) => {
    const setUp = () => {
      const guarded = new Guarded(heap);
      const [a, b, y] = [0, 1, 2].map(() => randomArray(2 * stride, random));
      const at = { a: guarded.buffer(a), b: guarded.buffer(b, 1), y: guarded.buffer(y, 2) };
      const conjugate = (k: number): [number, number] => [
        a[k] * b[k] + a[stride + k] * b[stride + k],
        a[k] * b[stride + k] - a[stride + k] * b[k],
      ];
      return { guarded, a, b, y, at, conjugate };
    };

    it('multiplies', () => {
      const { guarded, a, b, at } = setUp();
      const expected = bins(stride, (k) => [
        a[k] * b[k] - a[stride + k] * b[stride + k],
        a[k] * b[stride + k] + a[stride + k] * b[k],
      ]);
      kernels.multiplySpectra(at.y, at.a, at.b, stride);
      expect(relativeError(guarded.read(at.y), expected)).toBeLessThan(3e-7);
      kernels.multiplySpectra(at.a, at.a, at.b, stride);
      expect(guarded.read(at.a)).toEqual(guarded.read(at.y));
      guarded.check();
    });

    it('multiplies by a real spectrum', () => {
      const { guarded, a, b, at } = setUp();
      kernels.multiplyByReal(at.y, at.a, at.b, stride);
      const expected = bins(stride, (k) => [a[k] * b[k], a[stride + k] * b[k]]);
      expect(relativeError(guarded.read(at.y), expected)).toBeLessThan(3e-7);
      guarded.check();
    });

    it('correlates', () => {
      const { guarded, y, at, conjugate } = setUp();
      const product = bins(stride, conjugate);
      kernels.correlateSpectraAdd(at.y, at.a, at.b, stride);
      kernels.correlateSpectraAdd(at.y, at.a, at.b, stride);
      expect(
        relativeError(
          guarded.read(at.y),
          product.map((value, i) => y[i] + 2 * value),
        ),
      ).toBeLessThan(3e-7);
      kernels.correlateSpectra(at.y, at.a, at.b, stride);
      expect(relativeError(guarded.read(at.y), product)).toBeLessThan(3e-7);
      kernels.correlateEven(at.y, at.a, at.b, stride);
      const even = bins(stride, (k) => [conjugate(k)[0], 0]);
      expect(relativeError(guarded.read(at.y), even)).toBeLessThan(3e-7);
      kernels.correlateSpectra(at.b, at.a, at.b, stride);
      expect(relativeError(guarded.read(at.b), product)).toBeLessThan(3e-7);
      guarded.check();
    });

    it.each([1, 2, 5, 8])('adds products of %i partitions round the ring', (slots) => {
      const guarded = new Guarded(heap);
      const blocks = randomArray(slots * 2 * stride, random);
      const filters = randomArray(slots * 2 * stride, random);
      const start = randomArray(2 * stride, random);
      const blocksAt = guarded.buffer(blocks);
      const filtersAt = guarded.buffer(filters, 3);
      for (let newest = 0; newest < slots; newest++) {
        for (const [from, to] of [
          [0, slots],
          [0, 1],
          [1, slots],
          [slots >> 1, slots],
        ]) {
          const sum = guarded.buffer(start, 1);
          kernels.multiplyPartitions(sum, blocksAt, filtersAt, stride, slots, newest, from, to);
          const expected = bins(stride, (k) => {
            let re = start[k];
            let im = start[stride + k];
            for (let p = from; p < to; p++) {
              const x = ((newest - p + slots) % slots) * 2 * stride + k;
              const h = p * 2 * stride + k;
              re += blocks[x] * filters[h] - blocks[x + stride] * filters[h + stride];
              im += blocks[x] * filters[h + stride] + blocks[x + stride] * filters[h];
            }
            return [re, im];
          });
          expect(relativeError(guarded.read(sum), expected)).toBeLessThan(5e-7);
        }
      }
      guarded.check();
    });
  });

  it.each([1, 3, 4, 7, 64, 129])('blocks of %i values', (n) => {
    const guarded = new Guarded(heap);
    const x = randomArray(n, random);
    x[n - 1] = Number.NaN;
    x[n >> 1] = -1e-13;
    const [xAt, yAt] = [guarded.buffer(x, 1), guarded.buffer(n, 2)];
    kernels.move(yAt, xAt, n);
    expect(guarded.read(yAt)).toEqual(x);
    kernels.copyFlushed(yAt, xAt, n);
    expect(guarded.read(yAt)).toEqual(x.map((value) => (Math.abs(value) >= 1e-12 ? value : 0)));
    kernels.silence(yAt, n);
    expect(guarded.read(yAt)).toEqual(new Float32Array(n));
    guarded.check();
  });

  it.each([1, 3, 4, 7, 64, 129])('mix of %i values', (n) => {
    const guarded = new Guarded(heap);
    const [dry, wet] = [randomArray(n, random), randomArray(n, random)];
    const at = [guarded.buffer(n, 1), guarded.buffer(dry), guarded.buffer(wet, 3)];
    for (const [from, to] of [
      [0.5, 0.5],
      [0, 1],
      [0.8, 0.3],
    ]) {
      kernels.mix(at[0], at[1], at[2], from, to, n);
      const expected = Array.from(dry, (value, i) => {
        const m = from + ((to - from) * (i + 1)) / n;
        return 2 * (1 - m) * value + 2 * m * wet[i];
      });
      expect(relativeError(guarded.read(at[0]), expected)).toBeLessThan(1e-6);
    }
    guarded.check();
  });
});
