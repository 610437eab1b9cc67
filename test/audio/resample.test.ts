import { describe, expect, it } from 'vitest';
import { downmix, Resampler, resample } from '../../src/audio/resample';
import { signalToError } from '../support/kernels';
import { tone } from '../support/sounds';

describe('resampling', () => {
  it.each([
    [44_100, 48_000],
    [48_000, 44_100],
    [48_000, 16_000],
    [8000, 48_000],
    [96_000, 48_000],
    [22_050, 44_100],
    [11_025, 16_000],
    [47_951, 48_000],
    [8001, 4000],
  ])('%i -> %i Hz keeps a tone in place', async (from, to) => {
    const result = await resample(tone(from), from, to);
    expect(result).toHaveLength(to);
    expect(signalToError(result, tone(to))).toBeGreaterThan(120);
  });

  it.each([
    [48_000, 16_000],
    [48_000, 44_100],
    [96_000, 48_000],
  ])('%i -> %i Hz removes what the lower rate cannot hold, and nothing else', async (from, to) => {
    const sine = (frequency: number, rate: number) =>
      Float32Array.from({ length: rate }, (_, n) => 0.5 * Math.sin((2 * Math.PI * frequency * n) / rate));
    const inner = (samples: Float32Array) => samples.subarray(2000, -2000);
    for (const share of [1.001, 1.05, 1.5]) {
      const frequency = (share * to) / 2;
      if (frequency > from / 2) continue;
      const result = await resample(sine(frequency, from), from, to);
      expect(Math.max(...inner(result).map(Math.abs))).toBeLessThan(1e-6);
    }
    for (const share of [0.01, 0.5, 0.94]) {
      const frequency = (share * to) / 2;
      const result = await resample(sine(frequency, from), from, to);
      expect(signalToError(inner(result), inner(sine(frequency, to)))).toBeGreaterThan(115);
    }
  });

  it('keeps a constant as it is', async () => {
    const result = await resample(new Float32Array(8000).fill(0.25), 44_100, 32_000);
    for (const value of result.subarray(500, -500)) expect(value).toBeCloseTo(0.25, 6);
  });

  it('handles a whole recording in blocks, and very short sounds', async () => {
    const long = Float32Array.from({ length: 700_001 }, (_, n) => Math.sin(0.03 * n));
    const result = await resample(long, 44_100, 48_000);
    expect(result).toHaveLength(Math.round((700_001 * 48_000) / 44_100));
    const expected = result.map((_, n) => Math.sin((0.03 * n * 44_100) / 48_000));
    expect(signalToError(result.subarray(500, -500), expected.subarray(500, -500))).toBeGreaterThan(100);
    expect(await resample(Float32Array.of(1), 48_000, 16_000)).toHaveLength(0);
    expect(await resample(new Float32Array(0), 48_000, 16_000)).toHaveLength(0);
    expect(await resample(new Float32Array(3), 48_000, 96_000)).toHaveLength(6);
  });

  it('gives the same however the stream is cut', async () => {
    const audio = tone(44_100);
    const expected = await resample(audio, 44_100, 48_000);
    for (const step of [1000, 4097, 30_000]) {
      const resampler = await Resampler.create(44_100, 48_000);
      const parts: number[] = [];
      for (let at = 0; at < audio.length; at += step) {
        parts.push(...resampler.push(audio.subarray(at, at + step)));
      }
      parts.push(...resampler.finish());
      expect(parts).toHaveLength(48_000);
      expect(signalToError(Float32Array.from(parts), expected)).toBeGreaterThan(120);
    }
  });

  it('returns the same array at the same rate', async () => {
    const audio = tone(8000);
    expect(await resample(audio, 8000, 8000)).toBe(audio);
  });

  it('stops when aborted', async () => {
    const abort = new AbortController();
    const work = resample(new Float32Array(2_000_000), 44_100, 48_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});

describe('downmix', () => {
  it('is the mean, and one channel is not copied', () => {
    const left = Float32Array.of(1, 0, -1);
    expect(downmix([left])).toBe(left);
    expect(downmix([left, Float32Array.of(0, 1, -1)])).toEqual(Float32Array.of(0.5, 0.5, -1));
  });
});
