import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';
import { amplitudes, fold, type Segment, segment, segmentBackward, unfoldGradient } from './twin';

const sampleRate = 48000;
const limit = sampleRate / 2;
const up16 = (n: number) => Math.ceil(n / 16) * 16;

/** K, samples, from Hz, to Hz: tails of tiles and blocks, glides and jumps across the limit. */
const cases: [number, number, number, number][] = [
  [1, 1, 440, 440],
  [2, 3, 30, 31],
  [15, 16, 100, 100],
  [16, 17, 1400, 1600],
  [17, 63, 1600, 1400],
  [60, 480, 440, 330],
  [60, 481, 330, 440.5],
  [101, 961, 110, 2000],
  [256, 960, 60, 61],
  [255, 241, 2000, 80],
  [512, 960, 32, 47],
  [512, 100, 24000, 23999],
  // whole lags that meet the limit within 1e-4 of a sample
  [60, 958, 1600, Math.fround(48000 / 190)],
  [60, 958, Math.fround(48000 / 29), Math.fround(48000 / 33)],
];

describe.each(flavours)('harmonic kernels (%s)', (flavour) => {
  const { kernels } = newHeap(flavour);
  const random = randomiser(11);

  function setUp([harmonics, n, fromHz, toHz]: [number, number, number, number]) {
    const heap = newHeap(flavour);
    const guarded = new Guarded(heap);
    const hop = n + 2;
    const start = 1.5;
    const s: Segment = {
      from: amplitudes([1, ...randomArray(harmonics, random, 0, 1)], fromHz, limit),
      to: amplitudes([0.3, ...randomArray(harmonics, random, 0, 1)], toHz, limit),
      ...{ fromHz, toHz, limit, sampleRate, hop, start, n, phase: random() },
    };
    const phase = guarded.buffer(up16(n));
    const state = heap.alloc(2);
    const states = new Float64Array(heap.view(state, 2).buffer, state, 1);
    states[0] = s.phase;
    heap.kernels.harmonicPhase(phase, state, fromHz, toHz, start, hop, sampleRate, n);
    const after = new Float64Array(heap.view(state, 2).buffer, state, 1)[0];
    return {
      ...{ heap, guarded, s, phase, after, harmonics, n },
      weight: guarded.buffer(
        Float32Array.from({ length: up16(n) }, (_, i) => Math.min(1, (start + i) / hop)),
      ),
      from: guarded.buffer(fold(s.from)),
      to: guarded.buffer(fold(s.to)),
      scratch: (sums: boolean) => guarded.buffer(heap.kernels.harmonicScratch(harmonics, sums)),
    };
  }

  it.each(cases)('harmonicSegment: K = %i, n = %i, %f to %f Hz', (...parameters) => {
    const x = setUp(parameters);
    const out = x.guarded.buffer(x.n, 1);
    const scratch = x.scratch(false);
    const expected = segment(x.s);
    for (let call = 0; call < 2; call++) {
      x.heap.kernels.harmonicSegment(
        ...([out, x.phase, x.weight, x.s.start, x.s.hop, x.from, x.to] as const),
        ...([x.s.fromHz, x.s.toHz, limit, x.harmonics, x.n, scratch] as const),
      );
    }
    const peak = expected.signal.reduce((top, y) => Math.max(top, Math.abs(y)), 1e-4);
    x.guarded.read(out).forEach((y, i) => {
      expect(Math.abs(y - expected.signal[i])).toBeLessThan(3e-6 * peak);
    });
    const turn = x.after - expected.phase;
    expect(Math.abs(turn - Math.round(turn))).toBeLessThan(1e-11);
    x.guarded.check();
  });

  it.each(cases)('harmonicSegmentBackward: K = %i, n = %i, %f to %f Hz', (...parameters) => {
    const x = setUp(parameters);
    const g = randomArray(x.n, random);
    const gAt = x.guarded.buffer(g, 1);
    const dFrom = x.guarded.buffer(up16(x.harmonics));
    const dTo = x.guarded.buffer(up16(x.harmonics));
    const scratch = x.scratch(true);
    const expected = segmentBackward(x.s, g);
    for (let call = 1; call <= 2; call++) {
      x.heap.kernels.harmonicSegmentBackward(
        ...([dFrom, dTo, gAt, x.phase, x.weight, x.s.start, x.s.hop] as const),
        ...([x.s.fromHz, x.s.toHz, limit, x.harmonics, x.n, scratch] as const),
      );
      const both = [
        ...unfoldGradient(x.guarded.read(dFrom), x.harmonics),
        ...unfoldGradient(x.guarded.read(dTo), x.harmonics),
      ];
      const wanted = [...expected.dFrom, ...expected.dTo].map((d) => d * call);
      expect(relativeError(both, wanted)).toBeLessThan(3e-6);
    }
    x.guarded.check();
  });

  it('harmonicSegmentBackward sums both frames where they are one', () => {
    const x = setUp([60, 480, 440, 440]);
    const g = randomArray(x.n, random);
    const gAt = x.guarded.buffer(g);
    const d = x.guarded.buffer(up16(x.harmonics));
    x.heap.kernels.harmonicSegmentBackward(
      ...([d, d, gAt, x.phase, x.weight, x.s.start, x.s.hop] as const),
      ...([440, 440, limit, x.harmonics, x.n, x.scratch(true)] as const),
    );
    const { dFrom, dTo } = segmentBackward(x.s, g);
    const both = unfoldGradient(x.guarded.read(d), x.harmonics);
    expect(
      relativeError(
        both,
        dFrom.map((y, i) => y + dTo[i]),
      ),
    ).toBeLessThan(3e-6);
    x.guarded.check();
  });

  it('harmonicPhase neither drifts nor loses resolution in three hours', () => {
    const heap = newHeap(flavour);
    const phase = heap.alloc(960);
    const state = heap.alloc(2);
    const hz = 437.1;
    const segments = (3 * 3600 * sampleRate) / 960;
    for (let i = 0; i < segments; i++) {
      heap.kernels.harmonicPhase(phase, state, hz, hz, 0.5, 960, sampleRate, 960);
    }
    // 437.1 * 3600 * 3 is whole; the kernel takes f64 Hz
    const last = new Uint32Array(heap.view(phase, 960).buffer, phase, 960)[959] / 2 ** 32;
    expect(Math.abs(last - Math.round(last))).toBeLessThan(1e-7);
  });

  it.each([
    [1, 440],
    [15, 1000],
    [16, 1700],
    [60, 500],
    [101, 240],
    [512, 46.875],
    [33, 30000],
  ])('harmonicControls and its backward, K = %i at %f Hz', (harmonics, hz) => {
    const guarded = new Guarded(newHeap(flavour));
    const scaled = randomArray(1 + harmonics, random, 0.1, 1);
    const scaledAt = guarded.buffer(scaled, 1);
    const folded = guarded.buffer(randomArray(up16(harmonics), random));
    guarded.heap.kernels.harmonicControls(folded, scaledAt, hz, limit, harmonics);
    const expected = fold(amplitudes(scaled, hz, limit));
    guarded.read(folded).forEach((c, i) => {
      expect(Math.abs(c - expected[i])).toBeLessThan(1e-6);
    });

    const d = randomArray(up16(harmonics), random);
    const dAt = guarded.buffer(d);
    const dScaled = guarded.buffer(1 + harmonics, 1);
    guarded.heap.kernels.harmonicControlsBackward(dScaled, dAt, scaledAt, hz, limit, harmonics);
    const loss = (x: number[]) => fold(amplitudes(x, hz, limit)).reduce((total, c, i) => total + c * d[i], 0);
    const central = Array.from(scaled, (_, i) => {
      const moved = (step: number) => loss(Array.from(scaled, (x, j) => (i === j ? x + step : x)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    const error = guarded.read(dScaled).map((x, i) => x - central[i]);
    const size = Math.hypot(...central);
    expect(Math.hypot(...error)).toBeLessThan(1e-5 * size + 1e-12);
    guarded.heap.kernels.harmonicControlsBackward(dScaled, dAt, scaledAt, hz, limit, harmonics);
    const twice = guarded.read(dScaled).map((x, i) => x - 2 * central[i]);
    expect(Math.hypot(...twice)).toBeLessThan(2e-5 * size + 1e-12);
    guarded.check();
  });

  it('a distribution of zeros is silence, forward and backward', () => {
    const heap = newHeap(flavour);
    const scaled = heap.put([1, 0, 0, 0]);
    const folded = heap.put(new Float32Array(16).fill(7));
    const dScaled = heap.alloc(4);
    const d = heap.put(new Float32Array(16).fill(1));
    heap.kernels.harmonicControls(folded, scaled, 100, limit, 3);
    heap.kernels.harmonicControlsBackward(dScaled, d, scaled, 100, limit, 3);
    expect([...heap.view(folded, 16), ...heap.view(dScaled, 4)].every((x) => x === 0)).toBe(true);
  });

  it('scratch grows with K for the backward pass only', () => {
    expect(kernels.harmonicScratch(512, false)).toBe(kernels.harmonicScratch(1, false));
    expect(kernels.harmonicScratch(512, true)).toBeGreaterThan(kernels.harmonicScratch(1, true));
  });
});
