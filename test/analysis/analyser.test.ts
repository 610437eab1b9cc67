import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser';
import type { AnalysisConfig } from '../../src/model/model';
import { flavours, newHeap, randomiser } from '../support/kernels';

const modelRate = 48000;
const config: AnalysisConfig = { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.1 };

/** Amplitude of harmonic k of a tone. */
type Timbre = (k: number, hz: number) => number;
const timbres: Record<string, Timbre> = {
  sine: (k) => (k === 1 ? 1 : 0),
  'eight harmonics': (k) => (k <= 8 ? 1 / k : 0),
  saw: (k) => 1 / k,
  // flat to 5 kHz: pulses narrower than a lag can fall between two, and then the rule takes a multiple
  pulse: (k, hz) => (k * hz < 5000 ? 0.1 : 0),
};

/** Band-limited to 20 kHz; harmonic k at phase k * `phase`, at the window's middle. */
function tone(n: number, sampleRate: number, hz: number, timbre: Timbre, phase = 0.4): Float32Array {
  const x = new Float32Array(n);
  for (let k = 1; k * hz < 20000; k++) {
    const amplitude = 0.3 * timbre(k, hz);
    if (amplitude === 0) continue;
    for (let i = 0; i < n; i++) {
      const t = (i - (n - 1) / 2) / sampleRate;
      x[i] += amplitude * Math.sin(k * (2 * Math.PI * hz * t + phase));
    }
  }
  return x;
}

const cents = (a: number, b: number) => 1200 * Math.log2(a / b);

describe.each(flavours)('Analyser (%s)', (flavour) => {
  function analyser(sampleRate = modelRate, overrides: Partial<AnalysisConfig> = {}) {
    const heap = newHeap(flavour);
    const context = { heap, sampleRate, modelRate };
    const made = new Analyser({ ...context, config: { ...config, ...overrides } });
    heap.seal();
    const input = heap.view(made.input, made.window);
    return {
      made,
      hear(x: Float32Array) {
        input.set(x);
        made.run();
        return { f0: made.f0, confidence: made.confidence, loudness: made.loudness };
      },
    };
  }

  it.each([
    [2048, 44100, 1882],
    [2048, 48000, 2048],
    [2048, 96000, 4096],
    [1440, 44100, 1324],
    [960, 22050, 442],
  ])('a window of %i at the model’s rate has, at %i Hz, %i samples', (window, sampleRate, expected) => {
    expect(analyser(sampleRate, { window, pitchMin: 100 }).made.window).toBe(expected);
  });

  it.each([
    ['sine', 0.02],
    ['eight harmonics', 0.05],
    ['saw', 0.1],
    ['pulse', 0.3],
  ])('pitch of a steady %s: median error below %f cents', (name, median) => {
    const random = randomiser(41);
    for (const window of [2048, 1440, 1024]) {
      const { made, hear } = analyser(modelRate, { window });
      const errors: number[] = [];
      for (let i = 0; i < 60; i++) {
        const lowest = window === 1024 ? 70 : 60;
        const hz = lowest * (1500 / lowest) ** random();
        const { f0, confidence } = hear(tone(made.window, modelRate, hz, timbres[name], 6 * random()));
        errors.push(Math.abs(cents(f0, hz)));
        expect(confidence).toBeGreaterThan(0.9);
      }
      errors.sort((a, b) => a - b);
      expect(errors[errors.length >> 1]).toBeLessThan(median);
      // with two or three pulses in the window the rule for the lag may stop at a ripple beside the dip
      expect(errors[Math.floor(0.9 * errors.length)]).toBeLessThan(10 * median);
    }
  });

  it.each(['first', 'clear'] as const)(
    'the same sound gives the same f0 and loudness at every rate: %s',
    (dip) => {
      const rates = [44100, 48000, 96000].map((rate) => ({ rate, ...analyser(rate, { dip }) }));
      for (const hz of [62, 110, 195.3, 440, 887, 1480]) {
        for (const timbre of [timbres.sine, timbres['eight harmonics'], timbres.saw, timbres.pulse]) {
          const [low, model, high] = rates.map(({ rate, made, hear }) =>
            hear(tone(made.window, rate, hz, timbre)),
          );
          for (const other of [low, high]) {
            expect(Math.abs(cents(other.f0, model.f0))).toBeLessThan(1);
            expect(Math.abs(other.loudness - model.loudness)).toBeLessThan(0.1);
          }
        }
      }
    },
  );

  it('so does noise, on average, of what both rates can hold', () => {
    // sines at random, dense enough to be noise
    const random = randomiser(42);
    const partials = Array.from({ length: 600 }, () => ({
      hz: 20 + 19000 * random(),
      phase: 6.3 * random(),
    }));
    const levels = [44100, 48000, 96000].map((rate) => {
      const { made, hear } = analyser(rate);
      const x = Float32Array.from({ length: made.window }, (_, i) => {
        const t = (i - (made.window - 1) / 2) / rate;
        return partials.reduce((sum, p) => sum + 0.01 * Math.sin(2 * Math.PI * p.hz * t + p.phase), 0);
      });
      return hear(x).loudness;
    });
    expect(Math.abs(levels[0] - levels[1])).toBeLessThan(0.1);
    expect(Math.abs(levels[2] - levels[1])).toBeLessThan(0.1);
  });

  it('does not hear above the model’s Nyquist frequency', () => {
    const { made, hear } = analyser(96000);
    const x = Float32Array.from({ length: made.window }, (_, i) => Math.sin(2 * Math.PI * 0.375 * i));
    const { loudness } = hear(x);
    const heard = hear(tone(made.window, 96000, 1000, timbres.sine)).loudness;
    expect(loudness).toBeLessThan(heard - 60);
  });

  it('loudness follows the level, dB for dB, down to the floor', () => {
    const { made, hear } = analyser();
    const x = tone(made.window, modelRate, 440, timbres.saw);
    const full = hear(x).loudness;
    for (const db of [-20, -60, -90]) {
      expect(hear(x.map((v) => v * 10 ** (db / 20))).loudness).toBeCloseTo(full + db, 2);
    }
    expect(hear(x.map((v) => v * 1e-8)).loudness).toBe(-80);
  });

  it('silence, a constant, and silence after sound: the floor, unvoiced', () => {
    const { made, hear } = analyser();
    const silent = { f0: 0, confidence: 0, loudness: -80 };
    expect(hear(new Float32Array(made.window))).toEqual(silent);
    hear(tone(made.window, modelRate, 440, timbres.saw));
    expect(hear(new Float32Array(made.window))).toEqual(silent);
    for (const constant of [1, -0.5, 1e-3, 0.1]) {
      const { f0, confidence } = hear(new Float32Array(made.window).fill(constant));
      expect([f0, confidence]).toEqual([0, 0]);
    }
  });

  it('with the rule `clear` an unsure frame has a guess, and a pitch that is asked after its doubt', () => {
    const random = randomiser(44);
    const { made, hear } = analyser(modelRate, { dip: 'clear' });
    const x = tone(made.window, modelRate, 330, timbres.saw);
    const noise = x.map(() => 0.5 * (random() - 0.5));
    hear(x);
    expect(made.guess).toBe(made.f0);
    expect(made.doubtAt(330)).toBeLessThan(0.01);
    expect(made.doubtAt(165)).toBeLessThan(0.01);
    expect(made.doubtAt(400)).toBeGreaterThan(0.2);
    hear(x.map((v, i) => v + noise[i]));
    expect(made.f0).toBe(0);
    expect(Math.abs(cents(made.guess, 330))).toBeLessThan(20);
    expect(made.confidence).toBeGreaterThan(0.4);
    expect(made.confidence).toBeLessThan(0.9);
    hear(new Float32Array(made.window));
    expect([made.guess, made.confidence, made.doubtAt(330)]).toEqual([0, 0, 1]);
  });

  it('with the rule `first` there is no guess beside the pitch', () => {
    const { made, hear } = analyser();
    hear(tone(made.window, modelRate, 330, timbres.saw));
    expect([made.guess, made.doubtAt(330)]).toEqual([made.f0, 1]);
  });

  it('a constant under a tone changes neither pitch nor, audibly, loudness', () => {
    for (const rate of [44100, 48000]) {
      const { made, hear } = analyser(rate);
      const x = tone(made.window, rate, 261.6, timbres['eight harmonics']);
      const plain = hear(x);
      const shifted = hear(x.map((v) => v + 1));
      expect(Math.abs(cents(shifted.f0, plain.f0))).toBeLessThan(0.05);
      expect(Math.abs(shifted.loudness - plain.loudness)).toBeLessThan(0.05);
    }
  });

  it('a few faulty samples do not poison a window, and none outlive it', () => {
    const { made, hear } = analyser();
    const x = tone(made.window, modelRate, 440, timbres['eight harmonics']);
    const plain = hear(x);
    const faulty = x.slice();
    faulty[700] = Number.NaN;
    faulty[1500] = Number.POSITIVE_INFINITY;
    const mended = hear(faulty);
    expect(Math.abs(cents(mended.f0, 440))).toBeLessThan(2);
    expect(mended.loudness).toBeCloseTo(plain.loudness, 0);
    expect(hear(x)).toEqual(plain);
    for (const fault of [Number.NaN, Number.NEGATIVE_INFINITY, 3e38]) {
      expect(hear(new Float32Array(made.window).fill(fault))).toEqual({
        f0: 0,
        confidence: 0,
        loudness: -80,
      });
    }
    const clipped = hear(x.map((v) => Math.max(-1, Math.min(1, 1e5 * v))));
    expect(Number.isFinite(clipped.loudness) && clipped.f0 > 0).toBe(true);
  });

  it('noise is mostly unvoiced', () => {
    const random = randomiser(43);
    for (const window of [2048, 1440, 960]) {
      const { made, hear } = analyser(modelRate, { window });
      let voiced = 0;
      for (let i = 0; i < 100; i++) {
        const { f0, confidence } = hear(Float32Array.from({ length: made.window }, () => random() - 0.5));
        if (f0 > 0) voiced++;
        expect(confidence).toBeLessThan(0.95);
      }
      expect(voiced).toBeLessThanOrEqual(2);
    }
  });

  it('finds pitches up to both ends of its range, and none far outside', () => {
    const { made, hear } = analyser(modelRate, { pitchMin: 100, pitchMax: 1000 });
    const sine = (hz: number) => hear(tone(made.window, modelRate, hz, timbres.sine)).f0;
    for (const hz of [100.3, 101, 990, 999]) expect(Math.abs(cents(sine(hz), hz))).toBeLessThan(0.5);
    for (const hz of [20, 60, 85]) expect(sine(hz)).toBe(0);
    // above the range the period is taken at a multiple that lies inside
    expect(sine(1500)).toBeLessThan(1001);
    for (const hz of [100.3, 999]) expect(sine(hz)).toBeLessThan(1001);
  });

  it('refuses a window with no lag to look at', () => {
    expect(() => analyser(modelRate, { window: 64, pitchMax: 500 })).toThrow('too short');
  });
});
