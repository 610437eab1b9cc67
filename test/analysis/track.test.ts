import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/analysis/track';
import { randomiser } from '../support/kernels';

const sampleRate = 48000;
const settings = {
  sampleRate,
  frameRate: 100,
  analysis: { window: 1440, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
};

describe('analyseSignal', () => {
  it('holds the last voiced f0 and starts from 440', async () => {
    const random = randomiser(51);
    const audio = Float32Array.from({ length: 48000 }, (_, n) => {
      if (n < 9600) return 0;
      if (n < 28800) return 0.5 * Math.sin((2 * Math.PI * 220 * n) / sampleRate);
      return random() - 0.5;
    });
    const { f0, heldF0, confidence, loudness } = await analyseSignal(audio, settings);
    expect(f0).toHaveLength(100);
    expect(Array.from(f0.subarray(0, 18))).toEqual(new Array(18).fill(0));
    expect(Array.from(heldF0.subarray(0, 18))).toEqual(new Array(18).fill(440));
    for (let i = 22; i < 58; i++) {
      expect(f0[i]).toBeCloseTo(220, 1);
      expect(heldF0[i]).toBe(f0[i]);
      expect(confidence[i]).toBeGreaterThan(0.95);
    }
    const unvoiced = f0.subarray(63).filter((hz) => hz === 0).length;
    expect(unvoiced).toBeGreaterThan(34);
    for (let i = 63; i < 100; i++) expect(heldF0[i]).toBe(f0[i] || heldF0[i - 1]);
    expect(Math.max(...loudness.subarray(0, 18))).toBe(-80);
    expect(Math.min(...loudness.subarray(22))).toBeGreaterThan(0);
  });

  it.each([1, 479, 480, 481, 5000])('has a frame for every hop begun: %i samples', async (n) => {
    const { f0, loudness } = await analyseSignal(new Float32Array(n).fill(0.1), settings);
    expect(f0).toHaveLength(Math.ceil(n / 480));
    expect(loudness.every(Number.isFinite)).toBe(true);
  });

  it('centres frame i on its hop', async () => {
    // an impulse is within the window of frame i if and only if it is less than W/2 from its centre
    for (const [frameRate, hop] of [
      [100, 480],
      [50, 960],
      [47, 1021],
    ]) {
      const audio = new Float32Array(20000);
      audio[9000] = 1;
      const { loudness } = await analyseSignal(audio, { ...settings, frameRate });
      loudness.forEach((level, i) => {
        const start = i * hop + Math.floor(hop / 2) - 720;
        expect(level > -80).toBe(start <= 9000 && 9000 < start + 1440);
      });
    }
  });

  it('reports progress and can be aborted', async () => {
    const audio = new Float32Array(480 * 4500);
    const shares: number[] = [];
    await analyseSignal(audio, settings, { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([0, 2000 / 4500, 4000 / 4500, 1]);
    const controller = new AbortController();
    const aborted = analyseSignal(audio, settings, {
      signal: controller.signal,
      onProgress: (share) => share > 0 && controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
  });
});
