import { describe, expect, it } from 'vitest';
import { fftSizeFor, RealFft } from '../../../src/dsp/fft';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../support/kernels';

/** The definition, in double precision. */
function difference(x: ArrayLike<number>, lags: number): { d: Float64Array; normalised: Float64Array } {
  const d = new Float64Array(lags);
  const normalised = new Float64Array(lags).fill(1);
  let sum = 0;
  for (let tau = 1; tau < lags; tau++) {
    for (let j = 0; j + tau < x.length; j++) d[tau] += (x[j] - x[j + tau]) ** 2;
    sum += d[tau];
    if (sum > 0) normalised[tau] = (d[tau] * tau) / sum;
  }
  return { d, normalised };
}

describe.each(flavours)('YIN kernels (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const random = randomiser(33);

  function measured(x: Float32Array, lags: number) {
    const guarded = new Guarded(heap);
    const n = x.length;
    const fft = new RealFft(heap, fftSizeFor(n + lags));
    const padded = guarded.buffer(fft.size);
    const spectrum = guarded.buffer(fft.spectrumLength);
    const r = guarded.buffer(fft.size);
    const d = guarded.buffer(lags);
    const normalised = guarded.buffer(lags);
    const weights = guarded.buffer(fft.size / 2 + 4);
    const xAt = guarded.buffer(x);
    for (let call = 0; call < 2; call++) {
      kernels.analysisWindow(padded, xAt, n, fft.size);
      kernels.rfft(spectrum, padded, fft.tables, fft.work, fft.size);
      kernels.weightedPower(spectrum, weights, fft.size);
      kernels.irfft(r, spectrum, fft.tables, fft.work, fft.size);
      kernels.yinDifference(d, normalised, r, padded, n, lags);
    }
    guarded.check();
    return { normalised: guarded.read(normalised) };
  }

  const saw = (n: number, period: number) =>
    Float32Array.from({ length: n }, (_, i) => 2 * ((i / period) % 1) - 1);

  it.each([
    ['noise', 64, 40, (n: number) => randomArray(n, random)],
    ['a loud saw', 1882, 886, (n: number) => saw(n, 101.7).map((v) => 100 * v)],
    ['a quiet saw', 2048, 965, (n: number) => saw(n, 301.7).map((v) => 1e-4 * v)],
    ['a saw on a large constant', 2048, 965, (n: number) => saw(n, 301.7).map((v) => 0.01 * v + 1)],
    ['a low sine', 2048, 965, (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i / 140))],
    ['a burst', 2048, 965, (n: number) => saw(n, 63).fill(0, n / 4)],
  ])('difference function of %s', (_, n, lags, signal) => {
    const x = signal(n);
    const expected = difference(x, lags);
    measured(x, lags).normalised.forEach((v, tau) => {
      expect(Math.abs(v - expected.normalised[tau])).toBeLessThan(1e-3);
    });
  });

  it('silence has no minimum', () => {
    expect(measured(new Float32Array(64), 40).normalised.every((v) => v === 1)).toBe(true);
  });

  it('the lag: first below the threshold, then down to the local minimum, within the range', () => {
    const at = (values: number[]) => heap.put(values);
    const dip = at([1, 1, 0.5, 0.09, 0.05, 0.04, 0.2, 0.01, 0.3]);
    expect(kernels.yinLag(dip, 2, 8, 0.1)).toBe(5);
    expect(kernels.yinLag(dip, 3, 8, 0.1)).toBe(5);
    expect(kernels.yinLag(dip, 5, 8, 0.1)).toBe(5);
    expect(kernels.yinLag(dip, 6, 8, 0.1)).toBe(7);
    expect(kernels.yinLag(dip, 2, 4, 0.1)).toBe(4);
    expect(kernels.yinLag(dip, 3, 3, 0.1)).toBe(3);
    expect(kernels.yinLag(dip, 2, 2, 0.1)).toBe(0);
    expect(kernels.yinLag(dip, 8, 8, 0.1)).toBe(0);
    expect(kernels.yinLag(dip, 2, 8, 0.005)).toBe(0);
    const plateau = at([1, 1, 0.05, 0.05, 0.01]);
    expect(kernels.yinLag(plateau, 1, 4, 0.1)).toBe(2);
    const threshold = Math.fround(0.1);
    expect(kernels.yinLag(at([1, threshold, threshold]), 1, 2, threshold)).toBe(0);
    expect(kernels.yinLag(at([1, Number.NaN, Number.NaN]), 1, 2, 0.1)).toBe(0);
    expect(kernels.yinLowest(dip, 1, 5)).toBeCloseTo(0.04);
    expect(kernels.yinLowest(dip, 8, 8)).toBeCloseTo(0.3);
    expect(kernels.yinAt(dip, 4)).toBeCloseTo(0.05);
  });
});
