/** Kernels that move a control from frame to frame, mix dry and wet, and shape decaying noise. */

import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';

const LENGTHS = [1, 2, 3, 4, 7, 16, 101];

function slope(x: ArrayLike<number>, i: number, loss: (moved: Float64Array) => number, by = 1e-5): number {
  const moved = Float64Array.from(x);
  moved[i] = x[i] + by;
  const above = loss(moved);
  moved[i] = x[i] - by;
  return (above - loss(moved)) / (2 * by);
}

const largestError = (a: Float32Array, b: ArrayLike<number>) =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i])));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

describe.each(flavours)('glide (%s)', (flavour) => {
  const random = randomiser(41);
  const twin = (ends: ArrayLike<number>, weight: Float32Array) =>
    Float64Array.from(weight, (w) => ends[0] + w * (ends[1] - ends[0]));

  it.each(LENGTHS)('%i samples, forward and backward', (n) => {
    const guarded = new Guarded(newHeap(flavour));
    const { kernels } = guarded.heap;
    const weight = randomArray(n, random, 0, 1);
    const ends = randomArray(2, random);
    const dy = randomArray(n, random);
    const y = guarded.buffer(n, 1);
    const endsAt = guarded.buffer(ends);
    const weightAt = guarded.buffer(weight, 2);
    kernels.glide(y, weightAt, endsAt, endsAt + 4, n);
    expect(relativeError(guarded.read(y), twin(ends, weight))).toBeLessThan(3e-7);

    const before = randomArray(2, random);
    const dEnds = guarded.buffer(before, 1);
    kernels.glideBackward(dEnds, dEnds + 4, guarded.buffer(dy, 3), weightAt, n);
    const central = [0, 1].map((i) => before[i] + slope(ends, i, (moved) => dot(twin(moved, weight), dy)));
    expect(relativeError(guarded.read(dEnds), central)).toBeLessThan(2e-6);
    guarded.check();
  });

  it('holds the value between a frame and itself, and hands it the whole gradient', () => {
    const heap = newHeap(flavour);
    const value = heap.put([0.3]);
    const d = heap.put([1]);
    const weight = heap.put([0, 0.25, 0.7, 1, 0.1]);
    const y = heap.put([1, 2, 3, 4, 5]);
    heap.kernels.glideBackward(d, d, y, weight, 5);
    expect(heap.view(d, 1)[0]).toBeCloseTo(16, 5);
    heap.kernels.glide(y, weight, value, value, 5);
    expect([...heap.view(y, 5)]).toEqual(Array(5).fill(Math.fround(0.3)));
  });
});

describe.each(flavours)('mixEach (%s)', (flavour) => {
  const random = randomiser(42);
  const twin = (dry: ArrayLike<number>, wet: ArrayLike<number>, m: ArrayLike<number>, from = 0.5, to = 0.5) =>
    Float64Array.from(dry, (d, i) => {
      const k = from + ((to - from) * (i + 1)) / dry.length;
      return 4 * (1 - k) * (1 - m[i]) * d + 4 * k * m[i] * wet[i];
    });

  it.each(LENGTHS)('%i samples, forward and backward', (n) => {
    const guarded = new Guarded(newHeap(flavour));
    const { kernels } = guarded.heap;
    const [dry, wet, dy, before] = [0, 1, 2, 3].map(() => randomArray(n, random));
    const m = randomArray(n, random, 0, 1);
    const dryAt = guarded.buffer(dry, 1);
    const wetAt = guarded.buffer(wet);
    const mAt = guarded.buffer(m, 3);
    const y = guarded.buffer(n, 2);
    kernels.mixEach(y, dryAt, wetAt, mAt, 0.5, 0.5, n);
    expect(largestError(guarded.read(y), twin(dry, wet, m))).toBeLessThan(1e-6);
    kernels.mixEach(y, dryAt, wetAt, mAt, 0.2, 0.9, n);
    expect(largestError(guarded.read(y), twin(dry, wet, m, 0.2, 0.9))).toBeLessThan(1e-6);

    const dDry = guarded.buffer(before, 2);
    const dyAt = guarded.buffer(dy, 1);
    // in the places that it may take
    kernels.mixEachBackward(dDry, dyAt, wetAt, dyAt, dryAt, wetAt, mAt, n);
    const dDryTwin = dry.map((_, i) => before[i] + slope(dry, i, (x) => dot(twin(x, wet, m), dy)));
    expect(relativeError(guarded.read(dDry), dDryTwin)).toBeLessThan(1e-6);
    const dWetTwin = wet.map((_, i) => slope(wet, i, (x) => dot(twin(dry, x, m), dy)));
    expect(relativeError(guarded.read(dyAt), dWetTwin)).toBeLessThan(1e-6);
    const dMTwin = m.map((_, i) => slope(m, i, (x) => dot(twin(dry, wet, x), dy)));
    expect(relativeError(guarded.read(wetAt), dMTwin)).toBeLessThan(1e-6);
    guarded.check();
  });

  it('leaves the parts that a knob of 0 or 1 names', () => {
    const heap = newHeap(flavour);
    const [dry, wet, m, y] = [
      [1, 2],
      [10, 20],
      [0.25, 0.25],
      [0, 0],
    ].map((x) => heap.put(x));
    heap.kernels.mixEach(y, dry, wet, m, 0, 0, 2);
    expect([...heap.view(y, 2)]).toEqual([3, 6]);
    heap.kernels.mixEach(y, dry, wet, m, 1, 1, 2);
    expect([...heap.view(y, 2)]).toEqual([10, 20]);
  });
});

describe.each(flavours)('decaying noise (%s)', (flavour) => {
  const random = randomiser(43);
  const twin = (numbers: ArrayLike<number>, noise: Float32Array) =>
    Float64Array.from(noise, (x, i) => numbers[0] * Math.exp(-numbers[1] * (i + 1)) * x);

  it.each([
    [1, 0.1],
    [3, 0.5],
    [4, 1e-3],
    [1001, 2e-3],
    [48000, 1.5e-4],
  ])('%i taps at %f nepers each, forward and backward', (count, rate) => {
    const guarded = new Guarded(newHeap(flavour));
    const { kernels } = guarded.heap;
    const noise = randomArray(count, random);
    const dy = randomArray(count, random);
    const noiseAt = guarded.buffer(noise, 1);
    const y = guarded.buffer(count, 2);
    const numbers = [Math.fround(0.2), Math.fround(rate)];
    kernels.decayingNoise(y, noiseAt, numbers[0], numbers[1], count);
    expect(relativeError(guarded.read(y), twin(numbers, noise))).toBeLessThan(1e-6);

    const sums = guarded.buffer(2);
    kernels.decayingNoiseBackward(sums, guarded.buffer(dy, 3), noiseAt, numbers[0], numbers[1], count);
    const loss = (moved: Float64Array) => dot(twin(moved, noise), dy);
    const [dGain, dRate] = guarded.read(sums);
    const scale = Math.hypot(...twin([1, rate], noise.map(Math.abs)));
    expect(Math.abs(dGain - slope(numbers, 0, loss))).toBeLessThan(1e-5 * scale);
    expect(Math.abs(dRate / slope(numbers, 1, loss, rate * 1e-4) - 1)).toBeLessThan(1e-4);
    guarded.check();
  });

  it('ends in exact silence, without denormal numbers, whatever the decay', () => {
    const heap = newHeap(flavour);
    const y = heap.alloc(1000);
    const noise = heap.put(new Float32Array(1000).fill(0.9));
    for (const rate of [0.01, 1, 50, 1e6, 3e38]) {
      heap.kernels.decayingNoise(y, noise, 1e-7, rate, 1000);
      const taps = heap.view(y, 1000);
      expect(taps.every((tap) => tap === 0 || tap > 1.2e-38)).toBe(true);
      expect(taps[999] === 0).toBe(rate > 0.05);
    }
  });
});
