/** Yardsticks of sounds whose answer is known. */

import { describe, expect, it } from 'vitest';
import { FftPlans } from '../../../../src/dsp/fft';
import { attacks } from '../../../../src/train/learn/metrics/attack';
import { compareSounds } from '../../../../src/train/learn/metrics/compare-sounds';
import { sustainedParts } from '../../../../src/train/learn/metrics/sustained';
import { addSums, YardstickMeter, yardsticksOf } from '../../../../src/train/learn/metrics/yardstick-meter';
import { showYardstick } from '../../../../src/train/learn/metrics/yardsticks';
import { newHeap, randomiser } from '../../../support/kernels';

const RATE = 48_000;
const HOP = 480;

/** Level of harmonic k, 1 and up, at a time in seconds. */
type Amplitude = (k: number, seconds: number) => number;

/** Harmonics of one pitch up to 12 kHz. */
function tone(seconds: number, f0: number, amplitude: Amplitude): Float32Array {
  const sound = new Float32Array(seconds * RATE);
  for (let k = 1; k * f0 < 12_500; k++) {
    for (let n = 0; n < sound.length; n++)
      sound[n] += amplitude(k, n / RATE) * Math.sin((2 * Math.PI * k * f0 * n) / RATE + k * k);
  }
  return sound;
}

const steady = (seconds: number, f0: number) => new Float32Array(Math.ceil((seconds * RATE) / HOP)).fill(f0);

function sumsOf(model: Float32Array, recording: Float32Array, f0: Float32Array) {
  const heap = newHeap();
  const shape = { length: recording.length, sampleRate: RATE, pitchHop: HOP };
  const meter = new YardstickMeter(heap, FftPlans.of(heap), shape);
  const sums = meter.newSums();
  meter.add(sums, heap.put(model), heap.put(recording), f0);
  return sums;
}

const measure = (...sounds: Parameters<typeof sumsOf>) => yardsticksOf(sumsOf(...sounds), RATE);

describe('the harmonic error', () => {
  const recording = tone(0.5, 200, (k) => 0.1 / k);

  it.each<[string, number, Amplitude]>([
    ['each harmonic a fifth too strong or too weak', 0.2, (k) => (0.1 / k) * (k % 2 ? 1.2 : 0.8)],
    ['half the level', 0.5, (k) => 0.05 / k],
    // the others' amplitudes are 1, 1/2, 1/3 ...
    ['no second harmonic', 0.5 / Math.sqrt(1.627), (k) => (k === 2 ? 0 : 0.1 / k)],
    ['the same amplitudes', 0, (k) => 0.1 / k],
  ])('of %s is %f', (_, expected, amplitude) => {
    const { harmonicError } = measure(tone(0.5, 200, amplitude), recording, steady(0.5, 200));
    expect(harmonicError?.value).toBeCloseTo(expected, 2);
    expect(harmonicError?.recording).toBe(0);
  });

  it('leaves out what has no pitch', () => {
    expect(measure(recording, recording, steady(0.5, 0)).harmonicError).toBeUndefined();
  });
});

describe('motion', () => {
  const decibels = (level: number) => 10 ** (level / 20);
  const swing = (depth: number, rate: number, n: number) =>
    decibels(depth * Math.sin((2 * Math.PI * rate * n) / RATE));
  const still = tone(4, 150, () => 0.02);
  /** Too faint to be heard in the loudness. */
  const high = tone(4, 150, (k) => (k * 150 > 5000 ? 1e-4 : 0));
  const low = tone(4, 150, (k) => (k * 150 > 5000 ? 0 : 0.02));
  /** The highs go up and down, `rate` times a second. */
  const moving = (depth: number, rate: number) =>
    low.map((value, n) => value + high[n] * swing(depth, rate, n));
  /** Of the 16 bands those that begin above the lows. */
  const share = 4 / 16;

  it('is the standard deviation of the levels', () => {
    const [some, more] = [2, 4].map((depth) => still.map((value, n) => value * swing(depth, 3, n)));
    const found = measure(some, more, steady(4, 150));
    expect(found.levelMotion?.recording).toBeCloseTo(4 / Math.SQRT2, 1);
    expect(found.levelMotion?.value).toBeCloseTo(2 / Math.SQRT2, 1);
    // the loudness explains it
    expect(found.envelopeMotion?.recording).toBeLessThan(0.1);
  });

  it('of the envelope is what the loudness does not explain, and has its rate', () => {
    const found = measure(moving(2, 3), moving(4, 3), steady(4, 150));
    expect(found.envelopeMotion?.recording).toBeCloseTo((share * 4) / Math.SQRT2, 1);
    expect(found.envelopeMotion?.value).toBeCloseTo((share * 2) / Math.SQRT2, 1);
    expect(found.modulation4Hz?.recording).toBeCloseTo((Math.sqrt(share) * 4) / Math.SQRT2, 1);
    expect(found.modulation4Hz?.value).toBeCloseTo((Math.sqrt(share) * 2) / Math.SQRT2, 1);
    for (const other of ['modulation1Hz', 'modulation8Hz', 'modulation20Hz'] as const)
      expect(found[other]?.recording, other).toBeLessThan(0.3);
  });

  it.each([
    [0.75, 'modulation1Hz'],
    [1.5, 'modulation2Hz'],
    [6, 'modulation8Hz'],
  ] as const)('of %f Hz lies in its octave', (rate, octave) => {
    const found = measure(moving(0, 1), moving(3, rate), steady(4, 150));
    expect(found[octave]?.recording).toBeGreaterThan(0.9);
    expect(found[octave]?.value).toBeLessThan(0.1);
  });

  it('is looked for in sustained notes only', () => {
    const f0 = [
      ...Array(40).fill(0),
      ...Array(60).fill(440),
      ...Array(60).fill(494),
      ...Array(20).fill(600),
      ...Array.from({ length: 80 }, (_, i) => 440 * 2 ** (Math.sin(i / 3) / 24)),
    ];
    expect(sustainedParts(f0, 0.01)).toEqual([
      [48, 96],
      [108, 156],
      [188, 256],
    ]);
  });
});

describe('attacks', () => {
  const onset = (seconds: number) => Math.min(Math.max((seconds - 0.3) / 0.05, 0), 1);
  const recording = tone(0.8, 440, (k, seconds) => (k === 1 ? 0.2 * onset(seconds) : 0));
  const f0 = steady(0.8, 440).fill(0, 0, 31);

  it('at half the level are 6 dB off, with the same centroid', () => {
    const found = measure(
      recording.map((value) => value / 2),
      recording,
      f0,
    );
    expect(found.attackLoudness?.value).toBeCloseTo(6.02, 1);
    expect(found.attackCentroid?.value).toBeLessThan(0.02);
  });

  it('an octave higher are an octave off', () => {
    const high = tone(0.8, 440, (k, seconds) => (k === 2 ? 0.2 * onset(seconds) : 0));
    // the window's side lobes weigh a little
    expect(measure(high, recording, f0).attackCentroid?.value).toBeCloseTo(1, 0.7);
  });

  it('are found where a level rises and a pitch follows', () => {
    const loudness = [
      ...Array(30).fill(-60),
      ...Array(60).fill(-20),
      ...Array(20).fill(-60),
      ...Array(60).fill(-20),
    ];
    const pitched = loudness.map((level, i) => (level > -40 && i < 100 ? 300 : 0));
    expect(attacks(loudness, pitched, 0.01)).toEqual([[30, 50]]);
  });
});

describe('harmonics to noise', () => {
  it('is the ratio that was mixed', () => {
    const f0 = 220;
    const clean = tone(1, f0, () => 0.05);
    const noisy = (deviation: number, seed: number) => {
      const random = randomiser(seed);
      // uniform: its deviation is that of -1..1 by the root of 3
      return clean.map((value) => value + deviation * Math.sqrt(3) * (2 * random() - 1));
    };
    const ratio = (deviation: number) => 10 * Math.log10(0.05 ** 2 / 2 / (deviation ** 2 / (RATE / 2 / f0)));
    const found = measure(noisy(0.01, 1), noisy(0.002, 2), steady(1, f0));
    for (const band of ['harmonics300Hz', 'harmonics1kHz', 'harmonics2500Hz', 'harmonics5kHz'] as const) {
      expect(Math.abs(found[band]!.value - ratio(0.01)), band).toBeLessThan(1);
      expect(Math.abs(found[band]!.recording - ratio(0.002)), band).toBeLessThan(1);
    }
  });

  it('is not measured where the pitch moves across the harmonics', () => {
    const clean = tone(0.5, 220, () => 0.05);
    const vibrato = steady(0.5, 220).map((hz, i) => hz * 2 ** (Math.sin(i) / 24));
    const found = measure(clean, clean, vibrato);
    expect(found.harmonics300Hz).toBeUndefined();
    expect(found.harmonics5kHz).toBeUndefined();
  });
});

describe('sums', () => {
  it('of several sounds add up, and 0 lies between a sound and itself', () => {
    const [a, b] = [tone(0.5, 200, (k) => 0.1 / k), tone(0.5, 200, (k) => 0.1 / k ** 2)];
    const f0 = steady(0.5, 200);
    const [same, other] = [sumsOf(a, a, f0), sumsOf(b, a, f0)];
    const half = yardsticksOf(addSums(same, other), RATE).harmonicError?.value;
    expect(half).toBeCloseTo(yardsticksOf(other, RATE).harmonicError!.value / 2, 10);
    const zero = yardsticksOf(same, RATE);
    expect(zero.harmonicError?.value).toBe(0);
    expect(zero.frechetDistance?.value).toBeLessThan(1e-3);
    expect(zero.levelMotion?.value).toBe(zero.levelMotion?.recording);
  });

  it('survive sounds that are shorter than a frame, and NaN', () => {
    const short = new Float32Array(700);
    expect(measure(short, short, steady(0.02, 100))).toEqual({});
    const sound = tone(0.5, 200, (k) => 0.1 / k);
    const broken = sound.map((value, n) => (n === 9000 ? Number.NaN : value));
    expect(measure(broken, sound, steady(0.5, 200)).harmonicError?.value).toBeNaN();
  });
});

describe('sounds as they are heard', () => {
  const settings = {
    sampleRate: 16_000,
    frameRate: 100,
    analysis: { window: 480, pitchMin: 100, pitchMax: 1000, threshold: 0.1 },
  };
  /** A harmonic tone at 16 kHz. */
  const note = (f0: number) =>
    Float32Array.from({ length: 16_000 }, (_, n) =>
      [1, 2, 3].reduce((sum, k) => sum + (0.2 / k) * Math.sin((2 * Math.PI * k * f0 * n) / 16_000), 0),
    );

  it('are compared in pitch by a tracker of their own', async () => {
    const sharp = note(300 * 2 ** (10 / 1200));
    const { yardsticks } = await compareSounds([{ model: sharp, recording: note(300) }], settings, null);
    expect(yardsticks.pitchError?.value).toBeCloseTo(10, 0);
    expect(yardsticks.pitchMissed?.value).toBeLessThan(5);
  });

  it('miss a pitch that is a semitone off, or not there', async () => {
    const wrong = note(318);
    wrong.fill(0, 8000);
    const { yardsticks, distances } = await compareSounds(
      [
        { model: wrong, recording: note(300) },
        { model: note(300), recording: note(300) },
      ],
      settings,
      null,
    );
    expect(yardsticks.pitchMissed?.value).toBeCloseTo(50, 0);
    expect(yardsticks.pitchError?.value).toBeCloseTo(0, 3);
    expect(distances.loudnessError).toBeGreaterThan(1);
  });

  it('say nothing where there are none', async () => {
    const { yardsticks, distances } = await compareSounds([], settings, null);
    expect(yardsticks).toEqual({});
    expect(distances.mfccDistance).toBeNaN();
  });
});

describe('shown', () => {
  it('stand beside the recordings', () => {
    expect(showYardstick('envelopeMotion', { value: 1.84, recording: 3.32 })).toBe(
      "1.84 dB (0.55 of the recordings' 3.32 dB)",
    );
    expect(showYardstick('harmonics300Hz', { value: 27.6, recording: 34.6 })).toBe(
      "27.6 dB (for the recordings' 34.6 dB)",
    );
    expect(showYardstick('harmonicError', { value: 0.2, recording: 0 })).toBe('0.200');
    expect(showYardstick('pitchError', undefined)).toBe('–');
  });
});
