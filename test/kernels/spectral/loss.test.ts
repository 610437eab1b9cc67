import { describe, expect, it } from 'vitest';
import { FftPlans } from '../../../src/engine/spectral/fft';
import { SpectralLoss } from '../../../src/train/loss/spectral-loss';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

type Samples = ArrayLike<number>;

/** Power spectrogram by a naive DFT in double precision: frames of size/2 + 1 bins. */
function powers(x: Samples, size: number, hop: number): number[][] {
  const rows: number[][] = [];
  for (let start = 0; start + size <= x.length; start += hop) {
    const row: number[] = [];
    for (let k = 0; k <= size / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        const windowed = x[start + n] * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
        re += windowed * Math.cos((2 * Math.PI * ((k * n) % size)) / size);
        im += windowed * Math.sin((2 * Math.PI * ((k * n) % size)) / size);
      }
      row.push(re * re + im * im);
    }
    rows.push(row);
  }
  return rows;
}

function lossTwin(prediction: Samples, target: Samples, sizes: readonly number[]) {
  const linear: number[] = [];
  const log: number[] = [];
  for (const size of sizes) {
    const p = powers(prediction, size, size / 4).flat();
    const t = powers(target, size, size / 4).flat();
    linear.push(p.reduce((sum, value, i) => sum + Math.abs(value - t[i]), 0) / p.length);
    log.push(
      p.reduce((sum, value, i) => sum + Math.abs(Math.log(value + 1e-4) - Math.log(t[i] + 1e-4)), 0) /
        p.length,
    );
  }
  const sum = [...linear, ...log].reduce((a, b) => a + b);
  return { linear, log, total: sum / (2 * sizes.length) };
}

describe.each(flavours)('spectral loss (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const plans = new FftPlans(heap);
  const random = randomiser(3);
  const sizes = [32, 64, 128];

  it.each([128, 157, 300, 515])('agrees with its twin over %i samples', (length) => {
    const guarded = new Guarded(heap);
    const loss = new SpectralLoss(heap, plans, { length, sizes });
    const store = guarded.buffer(loss.storeLength);
    const target = guarded.buffer(randomArray(length, random), 1);
    const gradient = guarded.buffer(length, 2);
    // loud, soft (at the log's floor), and far apart
    for (const level of [1, 1e-3, 30]) {
      const values = randomArray(length, random, -level, level);
      const prediction = guarded.buffer(values, 3);
      loss.prepareTarget(target, store);
      const twin = lossTwin(values, guarded.read(target), sizes);
      for (const total of [
        loss.evaluate(prediction, store),
        loss.forwardBackward(prediction, store, gradient, 0.5),
      ]) {
        expect(total / twin.total).toBeCloseTo(1, 5);
        expect(relativeError(loss.linear, twin.linear)).toBeLessThan(1e-5);
        expect(relativeError(loss.log, twin.log)).toBeLessThan(1e-5);
      }
    }
    guarded.check();
  });

  it('has the gradient of its twin, and accumulates it', () => {
    const guarded = new Guarded(heap);
    const length = 203;
    const loss = new SpectralLoss(heap, plans, { length, sizes });
    const values = randomArray(length, random);
    const reference = randomArray(length, random);
    const prediction = guarded.buffer(values);
    const store = guarded.buffer(loss.storeLength);
    const gradient = guarded.buffer(new Float32Array(length).fill(1));
    loss.prepareTarget(guarded.buffer(reference), store);
    loss.forwardBackward(prediction, store, gradient, 1000);
    loss.forwardBackward(prediction, store, gradient, 500);
    const expected = Array.from(values, (_, n) => {
      const moved = Float64Array.from(values);
      const step = 1e-6;
      moved[n] = values[n] + step;
      const above = lossTwin(moved, reference, sizes).total;
      moved[n] = values[n] - step;
      return 1 + (1500 * (above - lossTwin(moved, reference, sizes).total)) / (2 * step);
    });
    expect(relativeError(guarded.read(gradient), expected)).toBeLessThan(1e-4);
    guarded.check();
  });

  it('is 0 with gradient 0 where prediction and target are equal, and NaN where the prediction is', () => {
    const guarded = new Guarded(heap);
    const length = 256;
    const loss = new SpectralLoss(heap, plans, { length, sizes });
    const x = guarded.buffer(randomArray(length, random));
    const store = guarded.buffer(loss.storeLength);
    const gradient = guarded.buffer(length);
    loss.prepareTarget(x, store);
    expect(loss.forwardBackward(x, store, gradient, 1)).toBe(0);
    expect(guarded.read(gradient)).toEqual(new Float32Array(length));
    heap.view(x, length)[100] = Number.NaN;
    expect(loss.evaluate(x, store)).toBeNaN();
    guarded.check();
  });

  it('takes logarithms to 1e-6 over the whole range of powers', () => {
    const guarded = new Guarded(heap);
    const [a, b] = [guarded.buffer(4), guarded.buffer(new Float32Array(4).fill(1))];
    for (let power = 1e-9; power < 1e15; power *= 1.37) {
      heap.view(a, 4).fill(power);
      const exact = Math.log((Math.fround(power) + 1e-4) / (1 + 1e-4));
      const measured = heap.kernels.logSpectralDistance(a, b, 4, 4, 1) / (10 / Math.LN10);
      expect(Math.abs(measured - Math.abs(exact))).toBeLessThan(1e-6 * Math.max(1, Math.abs(exact)));
    }
    guarded.check();
  });

  it('refuses what is shorter than a frame', () => {
    expect(() => new SpectralLoss(heap, plans, { length: 127, sizes })).toThrow(RangeError);
  });
});
