import { describe, expect, it } from 'vitest';
import { isSilent, sliceStarts } from '../../../src/train/data/slices';
import { FrameStatistics } from '../../../src/train/data/statistics';

const shape = { hop: 10, frames: 4, silence: -40 };

describe('slices', () => {
  it('lie end to end; a rest of half a slice is covered by one that reaches back', () => {
    expect(sliceStarts(40, shape)).toEqual([0]);
    expect(sliceStarts(95, shape)).toEqual([0, 4]);
    expect(sliceStarts(105, shape)).toEqual([0, 4, 6]);
    expect(sliceStarts(115, shape)).toEqual([0, 4, 7]);
    expect(sliceStarts(125, shape)).toEqual([0, 4, 8]);
  });

  it('of a recording a little shorter than one are filled up', () => {
    expect(sliceStarts(19, shape)).toEqual([]);
    expect(sliceStarts(20, shape)).toEqual([0]);
    expect(sliceStarts(0, shape)).toEqual([]);
  });

  it('are silent when nine frames of ten are', () => {
    const loudness = new Float32Array(40).fill(-60);
    const wide = { ...shape, frames: 20 };
    loudness[21] = -39;
    expect(isSilent({ loudness }, 20, wide)).toBe(true);
    loudness[39] = -40;
    expect(isSilent({ loudness }, 20, wide)).toBe(false);
    expect(isSilent({ loudness }, 0, wide)).toBe(true);
  });
});

describe('statistics', () => {
  it('are percentiles of voiced and of sounding frames', () => {
    const statistics = new FrameStatistics();
    const f0 = Float32Array.from({ length: 202 }, (_, i) => (i < 101 ? 100 + i : 0));
    const loudness = Float32Array.from({ length: 202 }, (_, i) => (i < 101 ? -i / 2 : -80));
    statistics.add({ f0, loudness }, 0, 51);
    statistics.add({ f0, loudness }, 51, 151);
    const { f0: pitch, loudness: level } = statistics.summarise();
    for (const [i, hertz] of [105, 150, 195].entries()) expect(pitch[i] / hertz).toBeCloseTo(1, 3);
    for (const [i, decibels] of [-47.5, -25, -2.5].entries()) expect(level[i]).toBeCloseTo(decibels, 2);
    expect(statistics.voicedShare).toBe(0.5);
  });

  it('of several recordings are those of all their frames', () => {
    const all = new FrameStatistics();
    const sum = new FrameStatistics();
    for (let recording = 0; recording < 3; recording++) {
      const f0 = Float32Array.from({ length: 50 }, (_, i) => 80 * (recording + 1) + i);
      const loudness = f0.map((hertz) => -hertz / 10);
      const one = new FrameStatistics();
      one.add({ f0, loudness }, 0, 50);
      all.add({ f0, loudness }, 0, 50);
      sum.include(one);
    }
    expect(sum.summarise()).toEqual(all.summarise());
    expect(sum.voicedShare).toBe(1);
  });

  it('are not made up for sounds without pitch', () => {
    const statistics = new FrameStatistics();
    statistics.add({ f0: new Float32Array(2), loudness: Float32Array.of(-30, -20) }, 0, 2);
    expect(statistics.voicedShare).toBe(0);
    expect(() => statistics.summarise()).toThrow(RangeError);
  });
});
