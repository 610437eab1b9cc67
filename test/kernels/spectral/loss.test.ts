import { describe, expect, it } from 'vitest';
import { FftPlans } from '../../../src/dsp/fft';
import { defaultConfig } from '../../../src/train/config';
import { SpectralLoss } from '../../../src/train/learn/loss/spectral-loss';
import type { SpectralTerms, TermKind } from '../../../src/train/learn/loss/terms';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';
import { referenceLoss } from '../../support/reference-loss';

type Samples = ArrayLike<number>;

/** Power spectrogram by a naive DFT in double precision: frames of size/2 + 1 bins. */
function powers(x: Samples, size: number, hop: number): number[][] {
  const turns = Array.from({ length: size }, (_, n) => (2 * Math.PI * n) / size);
  const [cosines, sines] = [turns.map(Math.cos), turns.map(Math.sin)];
  const rows: number[][] = [];
  for (let start = 0; start + size <= x.length; start += hop) {
    const row: number[] = [];
    for (let k = 0; k <= size / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        const windowed = x[start + n] * (0.5 - 0.5 * cosines[n]);
        re += windowed * cosines[(k * n) % size];
        im += windowed * sines[(k * n) % size];
      }
      row.push(re * re + im * im);
    }
    rows.push(row);
  }
  return rows;
}

const compared: Record<TermKind, (p: number, t: number) => number> = {
  power: (p, t) => Math.abs(p - t),
  magnitude: (p, t) => Math.abs(Math.sqrt(p) - Math.sqrt(t)),
  log: (p, t) => Math.abs(Math.log(p + 1e-4) - Math.log(t + 1e-4)),
};

/** Those of targets, which many predictions are compared with. */
const targets = new WeakMap<Samples & object, Map<string, number[]>>();

function targetPowers(x: Samples & object, size: number, hop: number): number[] {
  const known = targets.get(x) ?? new Map<string, number[]>();
  targets.set(x, known);
  const key = `${size} ${hop}`;
  const found = known.get(key) ?? powers(x, size, hop).flat();
  known.set(key, found);
  return found;
}

/** @param weights of the terms */
function lossTwin(prediction: Samples, target: Samples, loss: SpectralTerms, weights: readonly number[]) {
  const means = loss.terms.map(({ kind, sizes = loss.sizes, hop = loss.hop }) =>
    sizes.map((size) => {
      const samples = hop <= 1 ? Math.round(hop * size) : hop;
      const p = powers(prediction, size, samples).flat();
      const t = targetPowers(target, size, samples);
      return p.reduce((sum, value, i) => sum + compared[kind](value, t[i]), 0) / p.length;
    }),
  );
  const total = means.reduce(
    (sum, perSize, i) => sum + (weights[i] * perSize.reduce((a, b) => a + b)) / perSize.length,
    0,
  );
  return { means, total };
}

const sizes = [32, 64, 128];

/** Losses of every kind, hops as shares and in samples, scales that terms share and scales of their own. */
const losses: Record<string, SpectralTerms> = {
  default: { ...defaultConfig.loss, sizes },
  reference: { ...referenceLoss, sizes },
  magnitude: { sizes: [64], hop: 0.25, terms: [{ kind: 'magnitude', weight: 1 }] },
  'all kinds': {
    sizes,
    hop: 0.5,
    terms: [
      { kind: 'power', weight: 0.3 },
      { kind: 'magnitude', weight: 2 },
      { kind: 'log', weight: 0.7, sizes: [64], hop: 17 },
      { kind: 'log', weight: 0.1, sizes: [64, 32], hop: 0.125 },
      { kind: 'magnitude', weight: 0.4, sizes: [64], hop: 32 },
      { kind: 'log', weight: 0.2, sizes: [128], hop: 1 },
    ],
  },
};
/** The twin's slopes along every sample, the same for both builds. */
const known = new Map<string, number[]>();
function slopes(
  name: string,
  values: Float32Array,
  reference: Float32Array,
  slope: (n: number) => number,
): number[] {
  const key = `${name} ${values.join()} ${reference.join()}`;
  const found = known.get(key) ?? Array.from(values, (_, n) => slope(n));
  known.set(key, found);
  return found;
}

const constants = (loss: SpectralTerms) => loss.terms.map(({ weight }) => weight as number);

describe.each(flavours)('spectral loss (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const plans = new FftPlans(heap);
  const random = randomiser(3);

  describe.each(Object.entries(losses))('%s', (name, loss) => {
    it.each([128, 157, 300, 515])('agrees with its twin over %i samples', (length) => {
      const guarded = new Guarded(heap);
      const measured = new SpectralLoss(heap, plans, { length, loss });
      const target = guarded.buffer(randomArray(length, random), 1);
      const gradient = guarded.buffer(length, 2);
      // loud, soft (at the log's floor), and far apart
      for (const level of [1, 1e-3, 30]) {
        const values = randomArray(length, random, -level, level);
        const prediction = guarded.buffer(values, 3);
        const twin = lossTwin(values, guarded.read(target), loss, constants(loss));
        for (const total of [
          measured.evaluate(prediction, target),
          measured.forwardBackward(prediction, target, gradient, 0.5),
        ]) {
          expect(total / twin.total).toBeCloseTo(1, 5);
          measured.means.forEach((means, i) => {
            expect(relativeError(means, twin.means[i])).toBeLessThan(1e-5);
          });
        }
      }
      guarded.check();
    });

    it('has the gradient of its twin, and accumulates it', () => {
      const guarded = new Guarded(heap);
      const length = 203;
      const measured = new SpectralLoss(heap, plans, { length, loss });
      const values = randomArray(length, random);
      const reference = randomArray(length, random);
      const prediction = guarded.buffer(values);
      const gradient = guarded.buffer(new Float32Array(length).fill(1));
      const target = guarded.buffer(reference);
      measured.forwardBackward(prediction, target, gradient, 1000);
      measured.forwardBackward(prediction, target, gradient, 500);
      const expected = slopes(name, values, reference, (n) => {
        const moved = Float64Array.from(values);
        const step = 1e-6;
        moved[n] = values[n] + step;
        const above = lossTwin(moved, reference, loss, constants(loss)).total;
        moved[n] = values[n] - step;
        return 1 + (1500 * (above - lossTwin(moved, reference, loss, constants(loss)).total)) / (2 * step);
      });
      expect(relativeError(guarded.read(gradient), expected)).toBeLessThan(1e-4);
      guarded.check();
    });
  });

  it('goes by the schedules of its weights, and leaves out what weighs nothing', () => {
    const guarded = new Guarded(heap);
    const length = 300;
    const fading: SpectralTerms = {
      sizes,
      hop: 0.25,
      terms: [
        { kind: 'power', weight: { kind: 'linear', from: 1, to: 0, steps: 10 } },
        { kind: 'magnitude', weight: { kind: 'linear', from: 0, to: 3, steps: 4 }, sizes: [64] },
      ],
    };
    const measured = new SpectralLoss(heap, plans, { length, loss: fading });
    const [target, values] = [randomArray(length, random), randomArray(length, random)];
    const prediction = guarded.buffer(values);
    const targetAt = guarded.buffer(target);
    for (const [step, weights] of [
      [0, [1, 0]],
      [2, [0.8, 1.5]],
      [4, [0.6, 3]],
      [9, [0.1, 3]],
      [10, [0, 3]],
      [1000, [0, 3]],
    ] as const) {
      measured.step = step;
      const twin = lossTwin(values, target, fading, weights);
      expect(measured.evaluate(prediction, targetAt) / twin.total, `step ${step}`).toBeCloseTo(1, 5);
      expect(measured.means.map((means) => Number.isNaN(means[0]))).toEqual(weights.map((w) => w === 0));
    }
    guarded.check();
  });

  it.each(Object.values(losses))(
    'is 0 with gradient 0 where prediction and target are equal, and NaN where the prediction is',
    (terms) => {
      const guarded = new Guarded(heap);
      const length = 256;
      const loss = new SpectralLoss(heap, plans, { length, loss: terms });
      const x = guarded.buffer(randomArray(length, random));
      const gradient = guarded.buffer(length);
      const target = guarded.buffer(guarded.read(x));
      expect(loss.forwardBackward(x, target, gradient, 1)).toBe(0);
      expect(guarded.read(gradient)).toEqual(new Float32Array(length));
      heap.view(x, length)[100] = Number.NaN;
      expect(loss.evaluate(x, target)).toBeNaN();
      guarded.check();
    },
  );

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
    expect(() => new SpectralLoss(heap, plans, { length: 127, loss: losses.default })).toThrow(RangeError);
  });
});
