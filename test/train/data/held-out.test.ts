import { describe, expect, it } from 'vitest';
import { stretches } from '../../../src/train/data/held-out';

const slice = (source: string, offset: number, index = 0) => ({ source, offset, index });
const shape = { samplesPerSlice: 100, sampleRate: 50 };

describe('stretches of held-out slices', () => {
  it('joins those that follow one another or overlap, of one recording', () => {
    const found = stretches(
      [slice('a', 200), slice('a', 300), slice('a', 350), slice('a', 600), slice('b', 700), slice('b', 800)],
      shape,
    );
    expect(found).toMatchObject([
      { source: 'a', seconds: 4, duration: 5 },
      { source: 'a', seconds: 12, duration: 2 },
      { source: 'b', seconds: 14, duration: 4 },
    ]);
    expect(found.map(({ slices }) => slices.length)).toEqual([3, 1, 2]);
  });

  it('has none where nothing is held out', () => {
    expect(stretches([], shape)).toEqual([]);
  });
});
