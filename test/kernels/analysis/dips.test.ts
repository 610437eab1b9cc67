import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../support/kernels';

/** u by its definition, in double precision, of samples without mean. */
function doubt(x: ArrayLike<number>, lags: number): Float64Array {
  return Float64Array.from({ length: lags }, (_, tau) => {
    let [difference, energy] = [0, 0];
    for (let j = 0; j + tau < x.length; j++) {
      difference += (x[j] - x[j + tau]) ** 2;
      energy += x[j] ** 2 + x[j + tau] ** 2;
    }
    return energy > 0 ? difference / energy : 1;
  });
}

/** d and r by their definitions. */
function differenceOf(x: ArrayLike<number>, lags: number): { d: Float32Array; r: Float32Array } {
  const d = new Float32Array(lags);
  const r = new Float32Array(lags);
  for (let tau = 0; tau < lags; tau++) {
    for (let j = 0; j + tau < x.length; j++) {
      d[tau] += (x[j] - x[j + tau]) ** 2;
      r[tau] += x[j] * x[j + tau];
    }
  }
  return { d, r };
}

function tone(n: number, period: number, harmonics: readonly number[]): Float64Array {
  return Float64Array.from({ length: n }, (_, i) =>
    harmonics.reduce(
      (sum, amplitude, k) => sum + amplitude * Math.sin(((k + 1) * 2 * Math.PI * i) / period + k),
      0,
    ),
  );
}

describe.each(flavours)('dips (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const { kernels } = heap;
  const reach = kernels.dipReach();
  const random = randomiser(71);

  it.each([8, 9, 11, 40, 83])('doubt at %i lags is the definition’s', (lags) => {
    const guarded = new Guarded(heap);
    const x = Float64Array.from(randomArray(100, random, -1, 1));
    const { d, r } = differenceOf(x, lags);
    const [u, dAt, rAt] = [guarded.buffer(lags), guarded.buffer(d), guarded.buffer(r)];
    for (let call = 0; call < 2; call++) kernels.dipDoubt(u, dAt, rAt, lags);
    guarded.check();
    const expected = doubt(x, lags);
    guarded.read(u).forEach((value, tau) => {
      expect(Math.abs(value - expected[tau])).toBeLessThan(1e-4);
    });
  });

  it('doubt is 1 where there is no energy', () => {
    const [u, d, r] = [heap.alloc(12), heap.alloc(12), heap.alloc(12)];
    kernels.dipDoubt(u, d, r, 11);
    expect(Array.from(heap.view(u, 11))).toEqual(new Array(11).fill(1));
  });

  /** A function of lag that is 1 but for dips of three lags. */
  function withDips(dips: readonly (readonly [lag: number, depth: number])[], lags = 220) {
    const u = new Float32Array(lags).fill(1);
    for (const [lag, depth] of dips) {
      u[lag] = depth;
      u[lag - 1] = u[lag + 1] = Math.max(0.9, depth + 0.02);
    }
    return heap.put(u);
  }

  it.each([
    ['the only dip', [[50, 0.3]], 50],
    ['nothing if nothing dips', [], 0],
    ['nothing if there are ripples only', [[50, 0.96]], 0],
    // Multiples dip as low, by chance lower.
    [
      'the shortest of equals',
      [
        [50, 0.02],
        [100, 0.02],
        [150, 0.02],
      ],
      50,
    ],
    [
      'the period of a noisy tone, not its double',
      [
        [50, 0.11],
        [100, 0.05],
      ],
      50,
    ],
    [
      'the period of a clean tone, not the octave above',
      [
        [50, 0.06],
        [100, 0.001],
      ],
      100,
    ],
    [
      'the period of a clean tone, not its fifth harmonic',
      [
        [20, 0.1],
        [100, 0.005],
      ],
      100,
    ],
    [
      'the lowest of a few side by side',
      [
        [100, 0.03],
        [104, 0.01],
        [150, 0.02],
      ],
      104,
    ],
    [
      'not beyond a semitone',
      [
        [100, 0.03],
        [110, 0.01],
      ],
      100,
    ],
  ] as [string, [number, number][], number][])('takes %s', (_, dips, expected) => {
    expect(kernels.dipLag(withDips(dips), 10, 200, 10)).toBe(expected);
  });

  it('looks from the shortest to the longest lag, both included', () => {
    const u = withDips([
      [30, 0.1],
      [60, 0.1],
      [90, 0.1],
    ]);
    expect(kernels.dipLag(u, 31, 200, 31)).toBe(60);
    expect(kernels.dipLag(u, 60, 60, 60)).toBe(60);
    expect(kernels.dipLag(u, 61, 89, 61)).toBe(0);
    expect(kernels.dipLag(u, 61, 90, 61)).toBe(90);
    expect(kernels.dipLag(heap.put(new Float32Array(60).fill(Number.NaN)), 5, 40, 5)).toBe(0);
  });

  it('says that a pitch lies above the range, if its dip is clear', () => {
    const above = (depth: number) =>
      withDips([
        [20, depth],
        [40, 0.01],
        [60, 0.01],
      ]);
    expect(kernels.dipLag(above(0.02), 30, 200, 30)).toBe(-40);
    expect(kernels.dipLag(above(0.02), 30, 50, 45)).toBe(-40);
    expect(kernels.dipLag(above(0.5), 30, 200, 30)).toBe(40);
    expect(kernels.dipLag(above(0.02), 15, 200, 30)).toBe(20);
    // below `clear` a dip counts only if it is clear
    expect(kernels.dipLag(withDips([[20, 0.3]]), 15, 200, 30)).toBe(0);
    expect(kernels.dipLag(withDips([[20, 0.3]]), 15, 200, 15)).toBe(20);
  });

  it('finds the dip at half of a period', () => {
    const u = withDips([
      [50, 0.1],
      [100, 0.01],
    ]);
    expect(kernels.dipHalf(u, 100, 10)).toBe(50);
    expect(kernels.dipHalf(u, 104, 10)).toBe(50);
    expect(kernels.dipHalf(u, 100, 51)).toBe(0);
    expect(kernels.dipHalf(u, 120, 10)).toBe(0);
  });

  it('a dip narrower than the lags are apart counts as deep as it is between them', () => {
    // a pulse train of period 34.5: at whole lags only every other period dips low
    const harmonics = Array.from({ length: 11 }, () => 1);
    const { d, r } = differenceOf(tone(700, 34.5, harmonics), 210);
    const u = heap.alloc(210);
    kernels.dipDoubt(u, heap.put(d), heap.put(r), 210);
    expect(heap.view(u, 210)[34]).toBeGreaterThan(0.1);
    const lag = kernels.dipLag(u, 10, 200, 10);
    expect(Math.abs(lag - 34.5)).toBe(0.5);
    const exact = kernels.dipRefine(u, lag);
    expect(Math.abs(exact - 34.5)).toBeLessThan(1e-3);
    expect(kernels.dipDepth(u, lag, exact)).toBeLessThan(3e-3);
    // at whole lags the polynomial passes through the values
    expect(kernels.dipDepth(u, lag, lag)).toBe(heap.view(u, 210)[lag]);
  });

  it.each([31.3, 48, 101.7, 500.5, 953.2])('refines the lag of a sine of period %f', (period) => {
    const { d, r } = differenceOf(tone(1400, period, [1]), 970);
    const u = heap.alloc(970);
    kernels.dipDoubt(u, heap.put(d), heap.put(r), 970);
    // also from the whole lag on the far side
    for (const lag of [Math.round(period), Math.floor(period), Math.ceil(period)]) {
      expect(Math.abs(1200 * Math.log2(kernels.dipRefine(u, lag) / period))).toBeLessThan(0.05);
    }
  });

  it('refinement stays within one lag, whatever it is given', () => {
    for (let i = 0; i < 200; i++) {
      const u = heap.put(randomArray(24, random, 0, 1));
      const lag = 2 + Math.floor(random() * (14 - reach));
      expect(Math.abs(kernels.dipRefine(u, lag) - lag)).toBeLessThanOrEqual(1);
    }
    expect(kernels.dipRefine(heap.put(new Float32Array(24)), 7)).toBe(7);
  });

  it.each([
    ['of a saw', 97.3, [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6]],
    ['of a missing fundamental', 240, [0, 1, 1, 1, 1, 1, 1, 1]],
    ['of what has none', 300.4, [0, 0, 0, 1, 0.5, 1]],
  ])('share of the first three harmonics %s', (_, period, harmonics) => {
    const { d, r } = differenceOf(tone(900, period, harmonics), 310);
    const u = heap.alloc(310);
    kernels.dipDoubt(u, heap.put(d), heap.put(r), 310);
    const power = (amplitudes: readonly number[]) => amplitudes.reduce((sum, a) => sum + a * a, 0);
    const share = kernels.dipLowHarmonics(u, Math.round(period), Math.cos((2 * Math.PI) / period));
    expect(share).toBeCloseTo(power(harmonics.slice(0, 3)) / power(harmonics), 1.3);
  });
});
