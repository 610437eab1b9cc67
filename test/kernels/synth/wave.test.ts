import { describe, expect, it } from 'vitest';
import { bandLimitedStep, STEP_REACH, STEP_RESOLUTION } from '../../../src/dsp/band-limited-step';
import { FftPlans } from '../../../src/dsp/fft';
import { compute } from '../../../src/dsp/tables';
import { flavours, Guarded, newHeap, randomiser, relativeError } from '../../support/kernels';
import { gain, saw } from './saw-twin';

const RATE = 48000;
const step = compute(bandLimitedStep);
const LENGTHS = [1, 2, 3, 4, 5, 17, 64, 101];

describe.each(flavours)('waves (%s)', (flavour) => {
  const random = randomiser(31);

  /** Random phases as u32, padded to `round`. */
  function randomPhases(n: number, round: number): Uint32Array {
    const phases = new Uint32Array(Math.ceil(n / round) * round);
    return phases.map(() => Math.floor(random() * 2 ** 32));
  }

  function putPhases(guarded: Guarded, phases: Uint32Array): number {
    return guarded.buffer(new Float32Array(phases.buffer));
  }

  it.each(LENGTHS)('%i samples of a sine', (n) => {
    const guarded = new Guarded(newHeap(flavour));
    const phases = randomPhases(n, 4);
    phases[0] = 0xffffffff;
    const out = guarded.buffer(n, 1);
    guarded.heap.kernels.sineWave(out, putPhases(guarded, phases), n);
    guarded.read(out).forEach((y, i) => {
      expect(Math.abs(y - Math.sin((2 * Math.PI * phases[i]) / 2 ** 32))).toBeLessThan(3e-7);
    });
    guarded.check();
  });

  function sawWave(phases: Uint32Array, weight: Float32Array, fromHz: number, toHz: number, rate = RATE) {
    const guarded = new Guarded(newHeap(flavour));
    const n = phases.length;
    const out = guarded.buffer(n, 1);
    guarded.heap.kernels.sawWave(
      out,
      guarded.buffer(new Float32Array(phases.buffer), 2),
      guarded.buffer(weight, 3),
      fromHz,
      toHz,
      rate,
      guarded.buffer(step),
      STEP_RESOLUTION,
      STEP_REACH,
      n,
    );
    guarded.check();
    return guarded.read(out);
  }

  it.each([
    [1, 440, 440],
    [3, 55, 60],
    [64, 100, 3000],
    [101, 700, 800],
    [40, 3000, 12000],
    [33, 24000, 23000],
    [64, 20, 20],
  ])('%i samples of a saw from %i to %i Hz', (n, fromHz, toHz) => {
    const phases = randomPhases(n, 1);
    // at, next to and far from the jump
    phases.set([0, 1, 0xffffffff, 0x80000000, 0x7fffffff].slice(0, n));
    const weight = Float32Array.from({ length: n }, () => random());
    const expected = Array.from(phases, (phase, i) =>
      saw(phase / 2 ** 32, fromHz + (toHz - fromHz) * weight[i], RATE),
    );
    const actual = sawWave(phases, weight, fromHz, toHz);
    expect(Math.max(...actual.map((y, i) => Math.abs(y - expected[i])))).toBeLessThan(1e-5);
  });

  it('is flat to 0.84 of the limit, 6 dB down at 0.92, gone at the limit', () => {
    for (let f = 0; f < 0.42; f += 0.003) expect(Math.abs(20 * Math.log10(gain(f)))).toBeLessThan(0.01);
    expect(gain(0.46)).toBeCloseTo(0.5, 2);
    for (let f = 0.5; f < 2.9; f += 0.0007) expect(20 * Math.log10(Math.abs(gain(f)))).toBeLessThan(-81);
  });

  it.each([55.3, 440.7, 1234.5, 4186.3, 7902.1])('%f Hz: what lies between the harmonics', (hz) => {
    const size = 32768;
    const phases = new Uint32Array(size).map((_, n) => ((((n + 1) * hz) / RATE) % 1) * 2 ** 32);
    const levels = spectrum(sawWave(phases, new Float32Array(size), hz, hz));
    let aliases = -200;
    let fundamental = -200;
    levels.forEach((level, bin) => {
      const harmonic = Math.round((bin * RATE) / size / hz);
      const fromHarmonic = Math.abs(bin - (harmonic * hz * size) / RATE);
      if (fromHarmonic > 9) aliases = Math.max(aliases, level);
      else if (harmonic === 1) fundamental = Math.max(fundamental, level);
    });
    expect(fundamental).toBeCloseTo(20 * Math.log10(2 / Math.PI), 0);
    expect(aliases - fundamental).toBeLessThan(-100);
  });

  it.each([
    ['up two octaves in 10 ms', 400, 1600, 480],
    ['up in half a second', 200, 4000, 24000],
    ['down in half a second', 6000, 60, 24000],
  ])('a glide %s holds nothing above the limit', (_, fromHz, toHz, n) => {
    const weight = Float32Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    const hz = weight.map((w) => fromHz + (toHz - fromHz) * w);
    let cycles = 0;
    const phases = new Uint32Array(n).map((_, i) => {
      cycles = (cycles + hz[i] / RATE) % 1;
      return cycles * 2 ** 32;
    });
    const actual = sawWave(phases, weight, fromHz, toHz);
    // the wave depends on nothing but this sample's phase and pitch, so that some of the samples will do
    let plain = 0;
    let aliases = 0;
    for (let i = 0; i < n; i += n > 1000 ? 37 : 1) {
      const below = saw(phases[i] / 2 ** 32, hz[i], RATE, 0.5);
      aliases = Math.max(aliases, Math.abs(actual[i] - below));
      plain = Math.max(plain, Math.abs(1 - (2 * phases[i]) / 2 ** 32 - below));
    }
    expect(20 * Math.log10(aliases)).toBeLessThan(-95);
    expect(20 * Math.log10(plain)).toBeGreaterThan(-20);
  });
});

/** dB of full scale, a bin each; window: four-term Blackman-Harris times itself, side lobes below -180 dB. */
function spectrum(x: Float32Array): Float64Array {
  const heap = newHeap();
  const size = x.length;
  const fft = FftPlans.of(heap).get(size);
  const at = heap.alloc(size);
  const out = heap.alloc(fft.spectrumLength);
  let sum = 0;
  heap.view(at, size).set(
    x.map((value, n) => {
      const turn = (2 * Math.PI * n) / size;
      const w =
        0.35875 - 0.48829 * Math.cos(turn) + 0.14128 * Math.cos(2 * turn) - 0.01168 * Math.cos(3 * turn);
      sum += w * w;
      return value * w * w;
    }),
  );
  heap.kernels.rfft(out, at, fft.tables, fft.work, size);
  const bins = heap.view(out, fft.spectrumLength);
  return Float64Array.from(
    { length: fft.bins },
    (_, k) => 20 * Math.log10((2 * Math.hypot(bins[k], bins[fft.stride + k])) / sum + 1e-12),
  );
}

describe('the step', () => {
  it('rises from its middle to its end', () => {
    expect(step[0]).toBe(-1);
    expect([...step.slice(-2)]).toEqual([0, 0]);
    expect(relativeError(step.subarray(0, 3), [-1, -1 + 2 * 0.0035, -1 + 4 * 0.0035])).toBeLessThan(0.001);
    expect(Math.max(...step)).toBeLessThan(0.2);
  });
});
