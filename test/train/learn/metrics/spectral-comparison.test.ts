import { describe, expect, it } from 'vitest';
import { FftPlans } from '../../../../src/dsp/fft';
import type { Distances } from '../../../../src/train/learn/metrics/figures';
import { SpectralComparison } from '../../../../src/train/learn/metrics/spectral-comparison';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../../support/kernels';

type Samples = ArrayLike<number>;

const SIZE = 2048;
const COSINES = Array.from({ length: SIZE }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));

/** Power spectrogram by a naive DFT in double precision. */
function powers(x: Samples): number[][] {
  const rows: number[][] = [];
  for (let start = 0; start + SIZE <= x.length; start += 512) {
    rows.push(
      Array.from({ length: SIZE / 2 + 1 }, (_, k) => {
        let re = 0;
        let im = 0;
        for (let n = 0; n < SIZE; n++) {
          const windowed = x[start + n] * (0.5 - 0.5 * COSINES[n]);
          re += windowed * COSINES[(k * n) % SIZE];
          im += windowed * COSINES[(k * n + SIZE / 4) % SIZE];
        }
        return re * re + im * im;
      }),
    );
  }
  return rows;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const decibels = (power: number) => 10 * Math.log10(power);

/** IEC 61672-1 as its own formula says it, floored at -80 dB. */
function aWeight(hz: number): number {
  const response =
    (12194 ** 2 * hz ** 4) /
    ((hz ** 2 + 20.6 ** 2) *
      Math.sqrt((hz ** 2 + 107.7 ** 2) * (hz ** 2 + 737.9 ** 2)) *
      (hz ** 2 + 12194 ** 2));
  return 10 ** (Math.max(decibels(response ** 2) + 2, -80) / 10);
}

/** The envelope that 13 cepstra describe, without its mean: dB in each of 40 mel bands. */
function envelope(row: readonly number[], sampleRate: number): number[] {
  const hz = (mel: number) => 700 * (10 ** (mel / 2595) - 1);
  const step = (2595 * Math.log10(1 + sampleRate / 2 / 700)) / 41;
  const logs = Array.from({ length: 40 }, (_, b) => {
    const [low, centre, high] = [b, b + 1, b + 2].map((i) => hz(i * step));
    let sum = 1e-4;
    for (const [k, power] of row.entries()) {
      const f = (k * sampleRate) / SIZE;
      if (f <= low || f >= high) continue;
      sum += power * (f < centre ? (f - low) / (centre - low) : (high - f) / (high - centre));
    }
    return decibels(sum);
  });
  const cosine = (m: number, b: number) => Math.cos((Math.PI * m * (b + 0.5)) / 40);
  return logs.map((_, b) => {
    let smooth = 0;
    for (let m = 1; m <= 13; m++) {
      const amplitude = (2 / 40) * logs.reduce((sum, log, i) => sum + log * cosine(m, i), 0);
      smooth += amplitude * cosine(m, b);
    }
    return smooth;
  });
}

function twin(p: Samples, t: Samples, sampleRate: number): Distances {
  const [a, b] = [powers(p), powers(t)];
  const weights = a[0].map((_, k) => aWeight((k * sampleRate) / SIZE));
  const loudness = (row: readonly number[]) =>
    Math.max(-80, decibels(mean(row.map((power, k) => power * weights[k]))));
  const rms = (x: readonly number[], y: readonly number[]) =>
    Math.sqrt(mean(x.map((value, i) => (value - y[i]) ** 2)));
  const [flatA, flatB] = [a.flat(), b.flat()];
  return {
    logSpectralDistance: mean(
      a.map((row, i) =>
        rms(
          row.map((power) => decibels(power + 1e-4)),
          b[i].map((power) => decibels(power + 1e-4)),
        ),
      ),
    ),
    spectralConvergence: Math.sqrt(
      mean(flatA.map((power, i) => (Math.sqrt(power) - Math.sqrt(flatB[i])) ** 2)) / mean(flatB),
    ),
    loudnessError: mean(a.map((row, i) => Math.abs(loudness(row) - loudness(b[i])))),
    mfccDistance: mean(a.map((row, i) => rms(envelope(row, sampleRate), envelope(b[i], sampleRate)))),
  };
}

const names = ['logSpectralDistance', 'spectralConvergence', 'loudnessError', 'mfccDistance'] as const;

describe.each(flavours)('distances between sounds (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const plans = new FftPlans(heap);
  const random = randomiser(5);

  it.each([
    [3000, 48_000],
    [2048, 16_000],
    [3600, 22_050],
  ])('agree with their twins over %i samples at %i Hz', (length, sampleRate) => {
    const guarded = new Guarded(heap);
    const comparison = new SpectralComparison(heap, plans, length, sampleRate);
    const original = randomArray(length, random);
    const tone = original.map((value, n) => 1e-3 * value + 0.2 * Math.sin(0.3 * n + 1e-5 * n * n));
    const at = guarded.buffer(original);
    for (const sound of [tone, original.map((value) => 0.5 * value), new Float32Array(length)]) {
      const distances = comparison.between(guarded.buffer(sound, 1), at);
      const expected = twin(sound, original, sampleRate);
      for (const name of names) expect(distances[name] / expected[name], name).toBeCloseTo(1, 3);
    }
    guarded.check();
  });

  it('are what they are defined to be: halved, a sound is 6 dB quieter and half its magnitudes', () => {
    const guarded = new Guarded(heap);
    const comparison = new SpectralComparison(heap, plans, 4096, 48_000);
    const sound = randomArray(4096, random);
    const [whole, half] = [guarded.buffer(sound), guarded.buffer(sound.map((value) => value / 2))];
    const distances = comparison.between(half, whole);
    expect(distances.logSpectralDistance).toBeCloseTo(6.02, 2);
    expect(distances.spectralConvergence).toBeCloseTo(0.5, 5);
    expect(distances.loudnessError).toBeCloseTo(6.02, 2);
    // level is no part of it
    expect(distances.mfccDistance).toBeLessThan(0.01);
  });

  it('are 0 for equal sounds and for two silences, and NaN where a sound is', () => {
    const guarded = new Guarded(heap);
    const comparison = new SpectralComparison(heap, plans, 4096, 48_000);
    const [sound, silence] = [guarded.buffer(randomArray(4096, random)), guarded.buffer(4096)];
    for (const [p, t] of [
      [sound, sound],
      [silence, silence],
    ]) {
      const distances = comparison.between(p, t);
      for (const name of names) expect(distances[name], name).toBe(0);
    }
    heap.view(sound, 4096)[2000] = Number.NaN;
    const distances = comparison.between(sound, silence);
    for (const name of names) expect(distances[name], name).toBeNaN();
    guarded.check();
  });

  it('refuse a sound without a frame', () => {
    expect(() => new SpectralComparison(heap, plans, 2047, 48_000)).toThrow(/2047 samples.*2048/);
  });
});
