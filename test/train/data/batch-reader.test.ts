import { describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { BatchReader, type BatchRequest } from '../../../src/train/data/batch-reader';
import { Dataset } from '../../../src/train/data/dataset';
import { note } from '../../support/sounds';

const dataset = await Dataset.fromFiles([{ name: 'a.wav', content: writeWav(note(5), 16_000) }], {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
  workers: 1,
});

/** A reader, and what it asks its store for. */
function reader() {
  const asked: string[] = [];
  const store = {
    place: dataset.store.place,
    get(key: string) {
      asked.push(key);
      return dataset.store.get(key);
    },
  };
  return { batches: new BatchReader(store, dataset.index), asked };
}

const request = (
  slices: readonly number[],
  gains: readonly number[] = slices.map(() => 0),
  shifts: readonly number[] = slices.map(() => 0),
): BatchRequest => ({
  slices: Uint32Array.from(slices),
  shifts: Int32Array.from(shifts),
  seeds: Uint32Array.from(slices),
  gains: Float64Array.from(gains),
  step: 3,
});

describe('batches', () => {
  it('hold the slices that are asked for, in their order', async () => {
    const { audio, f0, trackedF0, loudness, ...rest } = await reader().batches.read(request([3, 0, 3]));
    expect(rest).toEqual({ count: 3, seeds: Uint32Array.of(3, 0, 3), step: 3 });
    for (const [i, index] of [3, 0, 3].entries()) {
      const slice = await dataset.read(dataset.slices[index]);
      expect(audio.slice(i * 16_000, (i + 1) * 16_000)).toEqual(slice.audio);
      expect(f0.slice(i * 100, (i + 1) * 100)).toEqual(slice.f0);
      expect(trackedF0?.slice(i * 100, (i + 1) * 100)).toEqual(slice.trackedF0);
      expect(loudness.slice(i * 100, (i + 1) * 100)).toEqual(slice.loudness);
    }
  });

  it('are played more quietly, sound and loudness together, down to the floor', async () => {
    const plain = await reader().batches.read(request([1, 2]));
    const { audio, loudness, f0 } = await reader().batches.read(request([1, 2], [-20, -200]));
    expect(audio[5000] / plain.audio[5000]).toBeCloseTo(0.1, 5);
    expect(loudness[50]).toBeCloseTo(plain.loudness[50] - 20, 4);
    expect(audio[21_000] / plain.audio[21_000]).toBeCloseTo(1e-10, 12);
    expect(loudness[150]).toBe(-80);
    expect(f0).toEqual(plain.f0);
  });

  it('begin before or after their slices, sound and features together', async () => {
    const plain = await reader().batches.read(request([1, 2]));
    const shifted = await reader().batches.read(request([1, 2], [0, 0], [50, -30]));
    expect(shifted.audio.slice(0, 8000)).toEqual(plain.audio.slice(8000, 16_000));
    expect(shifted.audio.slice(16_000 + 4800)).toEqual(plain.audio.slice(16_000, 32_000 - 4800));
    expect(shifted.f0.slice(0, 50)).toEqual(plain.f0.slice(50, 100));
    expect(shifted.loudness.slice(130)).toEqual(plain.loudness.slice(100, 170));
  });

  it('are read ahead, once', async () => {
    const { batches, asked } = reader();
    batches.expect(request([4, 2]));
    const early = asked.length;
    expect(early).toBeGreaterThan(0);
    const expected = await batches.read(request([4, 2], [0, -6]));
    expect(asked).toHaveLength(early);
    expect(expected).toEqual(await reader().batches.read(request([4, 2], [0, -6])));
    // what was read has been changed: the next reads anew
    expect(await batches.read(request([4, 2]))).toEqual(await reader().batches.read(request([4, 2])));
    batches.expect(request([0]));
    expect(await batches.read(request([1]))).toEqual(await reader().batches.read(request([1])));
  });

  it('pass on that the store has failed', async () => {
    const broken = new BatchReader(
      { place: 'nowhere', get: () => Promise.reject(new Error('gone')) },
      dataset.index,
    );
    broken.expect(request([0]));
    await expect(broken.read(request([0]))).rejects.toThrow('gone');
  });
});
