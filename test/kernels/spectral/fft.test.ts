import { describe, expect, it } from 'vitest';
import { FftPlans, fftSizeFor, RealFft } from '../../../src/dsp/fft';
import {
  expectSame,
  flavours,
  Guarded,
  newHeap,
  randomArray,
  randomiser,
  relativeError,
} from '../../support/kernels';

/** Bins of the real DFT of x in double precision, split; every bin, or those in `only`. */
function dft(x: ArrayLike<number>, bins: number[]): { re: number[]; im: number[] } {
  const n = x.length;
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * i) / n));
  const re: number[] = [];
  const im: number[] = [];
  for (const k of bins) {
    let r = 0;
    let i = 0;
    for (let j = 0; j < n; j++) {
      const phase = (k * j) % n;
      r += x[j] * cos[phase];
      i -= x[j] * sin[phase];
    }
    re.push(r);
    im.push(i);
  }
  return { re, im };
}

const sizes = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144];

describe.each(flavours)('real FFT (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(2);

  it.each(sizes)('agrees with a DFT and its inverse gives the signal back, size %i', (size) => {
    const guarded = new Guarded(heap);
    const fft = new RealFft(heap, size, guarded.buffer(size));
    const x = randomArray(size, random);
    const bins =
      size <= 2048
        ? Array.from({ length: fft.bins }, (_, k) => k)
        : [
            0,
            1,
            2,
            3,
            5,
            size / 8,
            size / 4 - 1,
            size / 4,
            size / 4 + 1,
            size / 2 - 2,
            size / 2 - 1,
            size / 2,
          ];
    const expected = dft(x, bins);
    const xAt = guarded.buffer(x, 1);
    const spectrumAt = guarded.buffer(fft.spectrumLength, 3);
    const backAt = guarded.buffer(size, 2);
    for (let round = 0; round < 2; round++) {
      heap.kernels.rfft(spectrumAt, xAt, fft.tables, fft.work, size);
      const spectrum = guarded.read(spectrumAt);
      const actual = bins.flatMap((k) => [spectrum[k], spectrum[fft.stride + k]]);
      const twin = bins.flatMap((_, i) => [expected.re[i], expected.im[i]]);
      expect(relativeError(actual, twin)).toBeLessThan(1e-6);
      for (const half of [0, fft.stride]) {
        expect([...spectrum.subarray(half + fft.bins, half + fft.stride)]).toEqual([0, 0, 0]);
      }
      heap.kernels.irfft(backAt, spectrumAt, fft.tables, fft.work, size);
      expect(relativeError(guarded.read(backAt), x)).toBeLessThan(1e-6);
      expectSame(guarded.read(spectrumAt), spectrum);
    }
    expectSame(guarded.read(xAt), x);
    guarded.check();
  });

  it.each(sizes.slice(0, 12))('gives the same bits step by step, size %i', (size) => {
    const guarded = new Guarded(heap);
    const { kernels } = heap;
    const fft = new RealFft(heap, size, guarded.buffer(size));
    const xAt = guarded.buffer(randomArray(size, random), 1);
    const [spectrum, bySteps] = [guarded.buffer(fft.spectrumLength), guarded.buffer(fft.spectrumLength, 1)];
    const [back, backBySteps] = [guarded.buffer(size), guarded.buffer(size, 3)];
    kernels.rfft(spectrum, xAt, fft.tables, fft.work, size);
    kernels.irfft(back, spectrum, fft.tables, fft.work, size);
    for (let step = 0; step < kernels.rfftSteps(size); step++) {
      kernels.rfftStep(bySteps, xAt, fft.tables, fft.work, size, step);
    }
    expectSame(guarded.read(bySteps), guarded.read(spectrum));
    for (let step = 0; step < kernels.irfftSteps(size); step++) {
      kernels.irfftStep(backBySteps, bySteps, fft.tables, fft.work, size, step);
    }
    expectSame(guarded.read(backBySteps), guarded.read(back));
    expectSame(guarded.read(bySteps), guarded.read(spectrum));
    guarded.check();
  });

  it('ignores imaginary parts of bins 0 and N/2', () => {
    const guarded = new Guarded(heap);
    const fft = new RealFft(heap, 64);
    const spectrum = randomArray(fft.spectrumLength, random);
    const plain = spectrum.slice();
    for (const bin of [0, 32]) plain[fft.stride + bin] = 0;
    const outputs = [spectrum, plain].map((values) => {
      const xAt = guarded.buffer(64);
      heap.kernels.irfft(xAt, guarded.buffer(values), fft.tables, fft.work, 64);
      return guarded.read(xAt);
    });
    expect(outputs[0]).toEqual(outputs[1]);
    guarded.check();
  });
});

describe('FFT plans', () => {
  it('shares one plan a size and refuses other sizes', () => {
    const plans = new FftPlans(newHeap());
    expect(plans.get(256)).toBe(plans.get(256));
    for (const size of [16, 48, 100, 524288]) expect(() => plans.get(size)).toThrow(RangeError);
  });

  it('finds the size for a length', () => {
    expect([1, 32, 33, 1024, 1025].map(fftSizeFor)).toEqual([32, 32, 64, 1024, 2048]);
  });
});
