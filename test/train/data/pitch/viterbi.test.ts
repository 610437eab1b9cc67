import { describe, expect, it } from 'vitest';
import { PitchGrid } from '../../../../src/train/data/pitch/grid';
import { type PathOptions, PitchPath } from '../../../../src/train/data/pitch/viterbi';
import { randomiser } from '../../../support/kernels';

interface Frames {
  readonly voiced: readonly Float64Array[];
  readonly unvoiced: readonly number[];
}

function randomFrames(count: number, bins: number, seed: number): Frames {
  const random = randomiser(seed);
  const voiced = Array.from({ length: count }, () =>
    Float64Array.from({ length: bins }, () => (random() < 0.7 ? -12 : Math.log(random() + 1e-6))),
  );
  return { voiced, unvoiced: voiced.map(() => Math.log(random() / bins)) };
}

interface State {
  readonly bin: number;
  readonly voiced: boolean;
}

function follow(frames: Frames, options: PathOptions): State[] {
  const states: State[] = [];
  const path = new PitchPath(options, (frame, bin, voiced) => {
    expect(frame).toBe(states.length);
    states.push({ bin, voiced });
  });
  frames.voiced.forEach((scores, i) => {
    path.push(scores, frames.unvoiced[i]);
  });
  path.finish();
  return states;
}

/** Log probability of a path: the definition, written down. */
function probability(states: readonly State[], frames: Frames, options: PathOptions): number {
  const { bins, reach, leap, change } = options;
  return states.reduce((sum, { bin, voiced }, i) => {
    const seen = voiced ? frames.voiced[i][bin] : frames.unvoiced[i];
    if (i === 0) return sum + seen;
    const before = states[i - 1];
    const by = Math.abs(bin - before.bin);
    const moved = by <= reach ? ((1 - leap) * (reach + 1 - by)) / (reach + 1) ** 2 : 0;
    const moving = Math.log(Math.max(moved, leap / bins));
    return sum + seen + moving + Math.log(voiced === before.voiced ? 1 - change : change);
  }, 0);
}

/** Every path there is. */
function* allPaths(count: number, bins: number): Generator<State[]> {
  const states = 2 * bins;
  for (let code = 0; code < states ** count; code++) {
    yield Array.from({ length: count }, (_, i) => {
      const state = Math.floor(code / states ** i) % states;
      return { bin: state % bins, voiced: state < bins };
    });
  }
}

describe('the path', () => {
  it.each([1, 2, 3, 4, 5])('is the likeliest of all (seed %i)', (seed) => {
    const options = { bins: 4, reach: 1 + (seed % 2), leap: 1e-3, change: 0.05 };
    const frames = randomFrames(5, options.bins, seed);
    const found = probability(follow(frames, options), frames, options);
    let most = Number.NEGATIVE_INFINITY;
    for (const states of allPaths(5, options.bins))
      most = Math.max(most, probability(states, frames, options));
    expect(found).toBeCloseTo(most, 9);
  });

  it('is the same however few frames are kept undecided', () => {
    const options = { bins: 50, reach: 4, leap: 1e-5, change: 0.01 };
    const frames = randomFrames(2000, options.bins, 9);
    const whole = follow(frames, { ...options, capacity: 4000 });
    expect(follow(frames, { ...options, capacity: 200 })).toEqual(whole);
    expect(whole.length).toBe(2000);
  });

  it('glides, leaps where both sides insist, and ignores what lasts a moment', () => {
    const options = { bins: 100, reach: 3, leap: 1e-5, change: 0.01 };
    // a glide, then an octave above it for two frames, then a leap that stays
    const bins = Array.from({ length: 60 }, (_, i) => (i < 30 ? 10 + i : i < 32 ? 90 : i < 45 ? 40 : 85));
    const voiced = bins.map((bin) => new Float64Array(100).fill(-18).fill(Math.log(0.8), bin, bin + 1));
    const states = follow({ voiced, unvoiced: bins.map(() => Math.log(0.2 / 100)) }, options);
    states.forEach(({ bin, voiced }, i) => {
      if (i === 30 || i === 31) expect(voiced && bin > 50).toBe(false);
      else expect({ bin, voiced }).toEqual({ bin: bins[i], voiced: true });
    });
  });

  it('answers nothing for nothing', () => {
    expect(follow({ voiced: [], unvoiced: [] }, { bins: 3, reach: 1, leap: 0.1, change: 0.1 })).toEqual([]);
  });

  it('refuses more bins than its memory can name', () => {
    expect(() => new PitchPath({ bins: 40_000, reach: 1, leap: 0.1, change: 0.1 }, () => {})).toThrow(
      '32768',
    );
  });
});

describe('the grid', () => {
  it('spreads its bins evenly in cents', () => {
    const grid = new PitchGrid(55, 880, 20);
    expect(grid.count).toBe(241);
    expect(grid.hz(60)).toBeCloseTo(110, 9);
    expect(grid.bin(110 * 2 ** (9 / 1200))).toBe(60);
    expect(grid.bin(110 * 2 ** (11 / 1200))).toBe(61);
    expect([grid.bin(20), grid.bin(5000)]).toEqual([0, 240]);
  });
});
