import { describe, expect, it } from 'vitest';
import { shiftRanges } from '../../../src/train/data/shifts';
import { splitSlices } from '../../../src/train/data/split';

const HOP = 480;
const FRAMES = 100;
const slice = (index: number, source: string, second: number) => ({
  index,
  source,
  offset: second * HOP * FRAMES,
});

describe('shifts of examples', () => {
  it('stay within neighbours that train', () => {
    const training = [
      slice(0, 'a', 0),
      slice(1, 'a', 1),
      slice(2, 'a', 3), // second 2 was silent
      slice(3, 'a', 3.5),
      slice(4, 'b', 4.5),
    ];
    expect(shiftRanges(training, FRAMES, HOP)).toEqual([
      { earliest: 0, latest: 50 },
      { earliest: -50, latest: 0 },
      { earliest: 0, latest: 50 },
      { earliest: -50, latest: 0 },
      { earliest: 0, latest: 0 },
    ]);
  });

  it('reach into nothing that is held out', () => {
    const slices = Array.from({ length: 60 }, (_, i) => slice(i, 'a', i));
    const { training, validation } = splitSlices(slices, FRAMES * HOP, 0.2, 3);
    const ranges = shiftRanges(training, FRAMES, HOP);
    training.forEach(({ offset }, i) => {
      const from = offset + ranges[i].earliest * HOP;
      const to = offset + (ranges[i].latest + FRAMES) * HOP;
      for (const heldOut of validation) {
        expect(to <= heldOut.offset || from >= heldOut.offset + FRAMES * HOP).toBe(true);
      }
    });
  });
});
