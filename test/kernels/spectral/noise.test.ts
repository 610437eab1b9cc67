import { describe, expect, it } from 'vitest';
import { filterBasis } from '../../../src/dsp/filter-basis';
import { compute } from '../../../src/dsp/tables';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

describe.each(flavours)('noise kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(5);

  const noise = (seed: number, index: number, n: number): Float32Array => {
    const guarded = new Guarded(heap);
    const at = guarded.buffer(n, n % 4);
    kernels.uniformNoise(at, seed, index, n);
    guarded.check();
    return guarded.read(at);
  };

  it('depends on seed and index alone, not on blocks', () => {
    const whole = noise(7, 0, 1000);
    for (const [index, n] of [
      [0, 1],
      [1, 2],
      [3, 7],
      [10, 128],
      [999, 1],
    ]) {
      expect(noise(7, index, n)).toEqual(whole.subarray(index, index + n));
    }
    // the counter wraps
    const wrapped = noise(7, 4294967290, 10);
    expect(wrapped.subarray(6)).toEqual(whole.subarray(0, 4));
  });

  it('is uniform in [-1, 1) and white', () => {
    const n = 1 << 18;
    for (const seed of [0, 1, 123456789]) {
      const x = noise(seed, 0, n);
      const histogram = new Float64Array(16);
      for (const value of x) {
        if (!(value >= -1 && value < 1)) throw new Error(`${value}`);
        histogram[Math.floor((value + 1) * 8)]++;
      }
      // chi squared of 15 degrees of freedom: below 37.7 with probability 0.999
      const expected = n / 16;
      expect(histogram.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(
        37.7,
      );
      for (const lag of [1, 2, 3, 4, 5, 8, 64, 128, 960, 4096, 65536]) {
        let sum = 0;
        for (let i = lag; i < n; i++) sum += x[i] * x[i - lag];
        // standard deviation of a product is 1/3
        expect(Math.abs((3 * sum) / Math.sqrt(n - lag))).toBeLessThan(4);
      }
    }
  });

  it('gives seeds sequences of their own, whatever their distance', () => {
    const n = 65536;
    const a = noise(1, 0, n);
    for (const seed of [2, 3, 257, 65537, 0x80000001]) {
      const b = noise(seed, 0, n);
      for (const shift of [0, 1, 2, 256]) {
        let sum = 0;
        for (let i = shift; i < n; i++) sum += a[i] * b[i - shift];
        expect(Math.abs((3 * sum) / Math.sqrt(n - shift))).toBeLessThan(4.5);
      }
    }
  });

  it.each([
    [3, 1],
    [9, 4],
    [17, 3],
    [65, 7],
    [130, 9],
  ])('filter taps and their gradient, %i bands, %i frames', (bands, frames) => {
    const guarded = new Guarded(heap);
    const basis = filterBasis(bands, 48000, 48000);
    const { tapStride } = basis;
    const values = compute(() => basis.values());
    const stride = bands + 3;
    const magnitudes = randomArray(frames * stride, random);
    const dTaps = randomArray(frames * tapStride, random);
    const basisAt = guarded.buffer(values, 1);
    const magnitudesAt = guarded.buffer(magnitudes, 2);
    const tapsAt = guarded.buffer(frames * tapStride, 3);
    kernels.filterTaps(tapsAt, magnitudesAt, basisAt, bands, tapStride, stride, frames);
    const taps = new Float64Array(frames * tapStride);
    const dMagnitudes = Float64Array.from(magnitudes);
    for (let t = 0; t < frames; t++) {
      for (let k = 0; k < bands; k++) {
        dMagnitudes[t * stride + k] = 0;
        for (let n = 0; n < tapStride; n++) {
          taps[t * tapStride + n] += magnitudes[t * stride + k] * values[k * tapStride + n];
          dMagnitudes[t * stride + k] += dTaps[t * tapStride + n] * values[k * tapStride + n];
        }
      }
    }
    expect(relativeError(guarded.read(tapsAt), taps)).toBeLessThan(1e-6);
    const dTapsAt = guarded.buffer(dTaps, 1);
    kernels.filterTapsBackward(magnitudesAt, dTapsAt, basisAt, bands, tapStride, stride, frames);
    expect(relativeError(guarded.read(magnitudesAt), dMagnitudes)).toBeLessThan(1e-6);
    guarded.check();
  });

  it.each([1, 2, 5, 15])('spreads taps to both sides, reach %i', (reach) => {
    const guarded = new Guarded(heap);
    const taps = randomArray(reach + 1, random);
    const tapsAt = guarded.buffer(taps, 1);
    const frameAt = guarded.buffer(32, 1);
    kernels.spreadTaps(frameAt, tapsAt, reach, 32);
    const expected = new Float32Array(32);
    taps.forEach((tap, n) => {
      expected[n] = tap;
      expected[(32 - n) % 32] = tap;
    });
    expect(guarded.read(frameAt)).toEqual(expected);
    kernels.spreadTapsBackward(tapsAt, frameAt, reach);
    expect(guarded.read(tapsAt)).toEqual(taps.map((tap, n) => (n ? 2 * tap : tap)));
    guarded.check();
  });
});
