import { describe, expect, it } from 'vitest';
import { cutSlice, isSilent, sliceStarts } from '../../src/train/dataset/slices';
import { FrameStatistics } from '../../src/train/dataset/statistics';

const shape = { hop: 10, frames: 4, silence: -40 };

describe('slices', () => {
  it('lie end to end; a rest of half a slice is covered by one that reaches back', () => {
    expect(sliceStarts(3, 4)).toEqual([]);
    expect(sliceStarts(4, 4)).toEqual([0]);
    expect(sliceStarts(9, 4)).toEqual([0, 4]);
    expect(sliceStarts(10, 4)).toEqual([0, 4, 6]);
    expect(sliceStarts(11, 4)).toEqual([0, 4, 7]);
    expect(sliceStarts(12, 4)).toEqual([0, 4, 8]);
  });

  it('hold audio and features of the same time, as copies', () => {
    const audio = Float32Array.from({ length: 120 }, (_, i) => i);
    const frames = Float32Array.from({ length: 12 }, (_, i) => i);
    const track = {
      f0: frames,
      heldF0: frames.map((f) => f + 100),
      loudness: frames.map((f) => -f),
      confidence: frames,
    };
    const slice = cutSlice(audio, track, 'a.wav', 3, shape);
    expect(slice).toEqual({
      audio: audio.subarray(30, 70),
      f0: Float32Array.of(103, 104, 105, 106),
      loudness: Float32Array.of(-3, -4, -5, -6),
      source: 'a.wav',
      offset: 30,
    });
    expect(slice.audio.buffer.byteLength).toBe(160);
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
    expect(statistics.summarise()).toEqual({ f0: [105, 150, 195], loudness: [-47.5, -25, -2.5] });
    expect(statistics.voicedShare).toBe(0.5);
  });

  it('have an answer for sounds without pitch', () => {
    const statistics = new FrameStatistics();
    statistics.add({ f0: new Float32Array(2), loudness: Float32Array.of(-80, -80) }, 0, 2);
    expect(statistics.summarise()).toEqual({ f0: [440, 440, 440], loudness: [-80, -80, -80] });
  });
});
