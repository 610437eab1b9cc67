import { describe, expect, it } from 'vitest';
import { HighPass } from '../../src/analysis/high-pass';

/** dB: what a filter leaves of a sine. */
function attenuation(hz: number, sampleRate: number, cutoff: number): number {
  const samples = Float32Array.from({ length: sampleRate }, (_, n) =>
    Math.sin((2 * Math.PI * hz * n) / sampleRate),
  );
  new HighPass(sampleRate, cutoff).process(samples, 0, samples.length);
  const settled = samples.subarray(sampleRate / 2);
  return 10 * Math.log10((2 * settled.reduce((sum, x) => sum + x * x, 0)) / settled.length);
}

describe('HighPass', () => {
  it.each([22050, 48000, 96000])('is a Butterworth filter of 4th order at %i Hz', (sampleRate) => {
    for (const ratio of [0.25, 0.5, 1, 1.5, 4]) {
      const expected = -10 * Math.log10(1 + ratio ** -8);
      expect(attenuation(100 * ratio, sampleRate, 100)).toBeCloseTo(expected, 1);
    }
  });

  it('removes DC and leaves no trace of it', () => {
    const samples = new Float32Array(48000).fill(0.5);
    new HighPass(48000, 40).process(samples, 0, samples.length);
    expect(Math.abs(samples[47999])).toBeLessThan(1e-6);
  });

  it('does not depend on how a stream is cut, and starts anew after reset', () => {
    const input = Float32Array.from({ length: 1000 }, (_, n) => Math.sin(n * n));
    const whole = input.slice();
    const filter = new HighPass(48000, 200);
    filter.process(whole, 0, 1000);
    filter.reset();
    const cut = input.slice();
    for (let at = 0; at < 1000; at += 7) filter.process(cut, at, Math.min(at + 7, 1000));
    expect(cut).toEqual(whole);
  });
});
