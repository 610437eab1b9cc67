import { describe, expect, it } from 'vitest';
import { type SliceRef, splitSlices } from '../../../src/train/data/split';

const LENGTH = 100;

/** Slices of 100 samples, end to end; a recording may have one more that reaches back by 40. */
function slicesOf(recordings: Readonly<Record<string, number>>, reachBack = false): SliceRef[] {
  const places = Object.entries(recordings).flatMap(([source, count]) => {
    const offsets = Array.from({ length: count }, (_, i) => i * 100);
    if (reachBack) offsets.push((count - 1) * 100 + 60);
    return offsets.map((offset) => ({ source, offset }));
  });
  return places.map((place, index) => ({ ...place, index }));
}

describe('splitting', () => {
  const slices = slicesOf({ a: 120, b: 40, c: 40 });

  it('puts every slice on one side, in order, the wanted share held out', () => {
    for (const fraction of [0.01, 0.1, 0.25, 0.5, 0.9]) {
      const { training, validation } = splitSlices(slices, LENGTH, fraction, 3);
      expect(validation).toHaveLength(Math.max(1, Math.round(200 * fraction)));
      const order = [...training, ...validation].map((slice) => slices.indexOf(slice));
      expect(new Set(order).size).toBe(200);
      for (const side of [training, validation]) {
        const at = side.map((slice) => slices.indexOf(slice));
        expect(at).toEqual([...at].sort((a, b) => a - b));
      }
    }
  });

  it('holds out stretches: few held-out slices have a neighbour that trains', () => {
    const { validation } = splitSlices(slices, LENGTH, 0.1, 3);
    const held = new Set(validation.map((slice) => slices.indexOf(slice)));
    const edges = [...held].filter((at) => !held.has(at - 1) || !held.has(at + 1));
    expect(held.size).toBe(20);
    expect(edges.length).toBeLessThanOrEqual(8);
  });

  it('spreads the stretches over the dataset', () => {
    const { validation } = splitSlices(slices, LENGTH, 0.2, 3);
    const quarters = [0, 0, 0, 0];
    for (const slice of validation) quarters[Math.floor(slices.indexOf(slice) / 50)]++;
    for (const count of quarters) expect(count).toBeGreaterThanOrEqual(5);
  });

  it('is decided by the seed', () => {
    expect(splitSlices(slices, LENGTH, 0.1, 5)).toEqual(splitSlices(slices, LENGTH, 0.1, 5));
    const differing = [1, 2, 3, 4].map((seed) =>
      slices.indexOf(splitSlices(slices, LENGTH, 0.1, seed).validation[0]),
    );
    expect(new Set(differing).size).toBeGreaterThan(1);
  });

  it('never parts slices that overlap', () => {
    const overlapping = slicesOf({ a: 2, b: 2, c: 1, d: 3, e: 2 }, true);
    for (let seed = 0; seed < 50; seed++) {
      const { training, validation } = splitSlices(overlapping, LENGTH, 0.3, seed);
      for (const held of validation) {
        const close = training.filter(
          ({ source, offset }) => source === held.source && Math.abs(offset - held.offset) < 100,
        );
        expect(close).toEqual([]);
      }
    }
  });

  it('leaves one to train, and none to judge where none is wanted or only one is there', () => {
    expect(splitSlices(slices, LENGTH, 0, 1).validation).toEqual([]);
    const one = slicesOf({ a: 1 });
    expect(splitSlices(one, LENGTH, 0.5, 1)).toEqual({ training: one, validation: [] });
    const two = slicesOf({ a: 2 });
    expect(splitSlices(two, LENGTH, 0.99, 1).training).toHaveLength(1);
    expect(splitSlices([], LENGTH, 0.1, 1)).toEqual({ training: [], validation: [] });
  });
});
