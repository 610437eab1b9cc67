import { describe, expect, it } from 'vitest';
import type { ComparedSpectra } from '../../../../src/train/learn/metrics/compared-spectra';
import { FrechetDistance, frechet } from '../../../../src/train/learn/metrics/frechet';
import { mfcc } from '../../../../src/train/learn/metrics/mel';
import { eigen, product, squareRoot } from '../../../../src/train/learn/metrics/symmetric';
import { randomiser } from '../../../support/kernels';

const of = (...values: number[]) => Float64Array.from(values);

describe('the Frechet distance', () => {
  it('of means alone is their distance', () => {
    const covariance = of(4, 1, 1, 3);
    expect(frechet({ mean: of(0, 0), covariance }, { mean: of(3, 4), covariance })).toBeCloseTo(5, 10);
  });

  it('of independent values is that of their deviations', () => {
    const [a, b] = [of(4, 0, 0, 9), of(1, 0, 0, 25)];
    const distance = frechet({ mean: of(1, 1), covariance: a }, { mean: of(1, 1), covariance: b });
    expect(distance).toBeCloseTo(Math.hypot(2 - 1, 3 - 5), 10);
  });

  it('of two values has a closed form', () => {
    const [a, b] = [of(4, 1, 1, 3), of(2, -0.5, -0.5, 5)];
    // the trace of the root of a 2 by 2 matrix M is the root of tr M + 2 root det M
    const [m00, , , m11] = product(a, b, 2);
    const determinant = (4 * 3 - 1) * (2 * 5 - 0.25);
    const expected = Math.sqrt(7 + 7 - 2 * Math.sqrt(m00 + m11 + 2 * Math.sqrt(determinant)));
    const mean = of(0, 0);
    expect(frechet({ mean, covariance: a }, { mean, covariance: b })).toBeCloseTo(expected, 10);
  });

  it('of corpora of one spectrum each is their MFCC distance', () => {
    const random = randomiser(3);
    const spectrum = () => Float32Array.from({ length: 1025 }, () => 10 * random() + 1);
    const [model, recording] = [spectrum(), spectrum()];
    const spectra: ComparedSpectra = {
      frames: 20,
      hop: 0.01,
      f0: new Float32Array(20),
      lowest: new Float32Array(20),
      highest: new Float32Array(20),
      model: () => model,
      recording: () => recording,
    };
    const measure = new FrechetDistance(48_000, 2048);
    const sums = new Float64Array(measure.size);
    measure.add(sums, spectra);
    const cepstrum = mfcc(48_000, 2048, 1e-4);
    const [p, t] = [model, recording].map((powers) => {
      const out = new Float64Array(14);
      cepstrum.compute(out, powers);
      return out.subarray(1);
    });
    const expected = (10 / Math.LN10) * Math.sqrt(2 * p.reduce((sum, v, m) => sum + (v - t[m]) ** 2, 0));
    expect(measure.result(sums).frechetDistance?.value).toBeCloseTo(expected, 5);
    expect(measure.result(new Float64Array(measure.size))).toEqual({});
  });
});

describe('symmetric matrices', () => {
  it('are put together again from eigenvalues and from roots', () => {
    const n = 6;
    const random = randomiser(7);
    const b = Float64Array.from({ length: n * n }, () => random() - 0.5);
    const transposed = b.map((_, i) => b[(i % n) * n + Math.floor(i / n)]);
    const a = product(b, transposed, n);
    const { values, vectors } = eigen(a, n);
    const trace = values.reduce((sum, value) => sum + value, 0);
    expect(trace).toBeCloseTo(
      Array.from({ length: n }, (_, i) => a[i * n + i]).reduce((x, y) => x + y),
      10,
    );
    for (let v = 0; v < n; v++) {
      const vector = vectors.subarray(v * n, v * n + n);
      for (let i = 0; i < n; i++) {
        const turned = vector.reduce((sum, value, j) => sum + a[i * n + j] * value, 0);
        expect(turned).toBeCloseTo(values[v] * vector[i], 10);
      }
    }
    const root = squareRoot(a, n);
    product(root, root, n).forEach((value, i) => {
      expect(value).toBeCloseTo(a[i], 10);
    });
  });
});
