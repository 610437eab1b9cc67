import { describe, expect, it } from 'vitest';
import type { Heap } from '../../src/dsp/heap';
import { harmonic } from '../../src/synth/harmonic/play';
import { harmonicTraining } from '../../src/synth/harmonic/train';
import type { ProcessorStream } from '../../src/synth/processor';
import type { TrainContext } from '../../src/synth/trainable';
import { wholeExample } from '../kernels/synth/twin';
import { flavours, newHeap, randomArray, randomiser, relativeError, signalToError } from '../support/kernels';

const sampleRate = 48000;

function tensor(): never {
  throw new Error('harmonic has no tensors');
}

interface Take {
  hop: number;
  frames: number;
  harmonics: number;
  /** frames of decoder outputs, 1 + K each */
  u: Float32Array;
  f0: Float32Array;
}

/** f0 glides, leaps and crosses the Nyquist frequency. */
function take(hop: number, frames: number, harmonics: number, random: () => number): Take {
  let hz = 300;
  const f0 = Float32Array.from({ length: frames }, () => {
    hz = random() < 0.1 ? 40 + 1900 * random() : hz * (0.9 + 0.2 * random());
    hz = Math.min(hz, 3000);
    return hz;
  });
  return { hop, frames, harmonics, u: randomArray(frames * (1 + harmonics), random, 0, 1), f0 };
}

function stream(
  heap: Heap,
  { hop, harmonics }: Take,
  options: { lookahead?: number; sampleRate?: number } = {},
): ProcessorStream {
  const context = {
    ...{ heap, name: 'harmonic', hop, sampleRate, modelRate: sampleRate, lookahead: 0, seed: 0, tensor },
    ...options,
  };
  return harmonic.stream(context, { harmonics }, []);
}

/** All that a stream puts out: T + 1 segments, the last frame held for the last of them. */
function play(heap: Heap, processor: ProcessorStream, { u, f0, hop, harmonics, frames }: Take): number[] {
  const at = heap.put(u);
  const out: number[] = [];
  for (let i = 0; i <= frames; i++) {
    const frame = Math.min(i, frames - 1);
    processor.control(at + frame * (1 + harmonics) * 4, f0[frame], i === 0);
    processor.render(i === 0 ? Math.ceil(hop / 2) : 0);
    out.push(...heap.view(processor.output, hop));
  }
  return out;
}

function trained(heap: ReturnType<typeof newHeap>, { hop, frames, harmonics, u, f0 }: Take) {
  const stride = (1 + harmonics + 3) & ~3;
  const uAt = heap.alloc(frames * stride);
  const f0At = heap.put(f0);
  const duAt = heap.alloc(frames * stride);
  const context: TrainContext = { heap, hop, frames, sampleRate, stride, tensor };
  const processor = harmonicTraining.create(context, { harmonics }, []);
  const rows = heap.view(uAt, frames * stride);
  for (let i = 0; i < frames; i++) {
    rows.set(u.subarray(i * (1 + harmonics), (i + 1) * (1 + harmonics)), i * stride);
  }
  return {
    processor,
    forward(): Float32Array {
      processor.forward(uAt, f0At);
      return heap.view(processor.signal, frames * hop).slice();
    },
    /** accumulated du, frame by frame without the padding */
    backward(g: Float32Array): Float32Array {
      heap.view(processor.gradient, frames * hop).set(g);
      processor.backward(uAt, f0At, duAt);
      const padded = heap.view(duAt, frames * stride);
      return u.map((_, i) => padded[Math.floor(i / (1 + harmonics)) * stride + (i % (1 + harmonics))]);
    },
  };
}

/** The definition, from decoder outputs to samples. */
function twin({ u, f0, hop, harmonics, frames }: Take, changed: ArrayLike<number> = u): Float64Array {
  const scaled = Array.from({ length: frames }, (_, i) =>
    Array.from({ length: 1 + harmonics }, (_, k) => changed[i * (1 + harmonics) + k] ** Math.LN10 + 1e-7),
  );
  return wholeExample(scaled, f0, hop, sampleRate);
}

const peakOf = (x: ArrayLike<number>) => Array.from(x).reduce((top, y) => Math.max(top, Math.abs(y)), 0);

describe.each(flavours)('Harmonic (%s)', (flavour) => {
  const random = randomiser(21);
  const sizes = [
    [20, 12, 3],
    [21, 12, 17],
    [240, 9, 60],
    [441, 8, 100],
    [960, 6, 256],
    [1999, 3, 33],
  ];

  it.each(sizes)(
    'an example agrees with the definition: hop %i, %i frames, K %i',
    (hop, frames, harmonics) => {
      const example = take(hop, frames, harmonics, random);
      const signal = trained(newHeap(flavour), example).forward();
      expect(signalToError(signal, twin(example))).toBeGreaterThan(100);
    },
  );

  it.each(sizes)(
    'a stream is the example, half a hop late: hop %i, %i frames, K %i',
    (hop, frames, harmonics) => {
      const example = take(hop, frames, harmonics, random);
      const whole = trained(newHeap(flavour), example).forward();
      const heap = newHeap(flavour);
      const out = play(heap, stream(heap, example), example);
      const skip = Math.ceil(hop / 2);
      expect(out.slice(0, skip).every((x) => x === 0)).toBe(true);
      const tolerance = 1e-6 * peakOf(whole);
      whole.forEach((x, n) => {
        expect(Math.abs(out[n + skip] - x)).toBeLessThanOrEqual(tolerance);
      });
    },
  );

  it.each([1, 13, 240, 300])('lookahead delays a stream by %i samples', (lookahead) => {
    const example = take(240, 6, 20, random);
    const heap = newHeap(flavour);
    const prompt = play(heap, stream(heap, example), example);
    const late = play(heap, stream(heap, example, { lookahead }), example);
    expect(late.slice(0, lookahead).every((x) => x === 0)).toBe(true);
    expect(late.slice(lookahead)).toEqual(prompt.slice(0, -lookahead));
  });

  it('reset forgets the stream', () => {
    const example = take(240, 6, 20, random);
    const heap = newHeap(flavour);
    const processor = stream(heap, example, { lookahead: 50 });
    const once = play(heap, processor, example);
    processor.reset();
    expect(heap.view(processor.output, 240).every((x) => x === 0)).toBe(true);
    expect(play(heap, processor, example)).toEqual(once);
  });

  it('the knob moves to its value over one segment', () => {
    const example = take(240, 3, 20, random);
    const heap = newHeap(flavour);
    const plain = play(heap, stream(heap, example), example);
    const processor = stream(heap, example);
    const u = heap.put(example.u);
    const rendered = (i: number) => {
      processor.control(u + i * 21 * 4, example.f0[i], i === 0);
      processor.render(i === 0 ? 120 : 0);
      return Array.from(heap.view(processor.output, 240));
    };
    processor.knob = 0.5;
    rendered(0).forEach((x, n) => {
      expect(x).toBeCloseTo(0.5 * plain[n], 6);
    });
    processor.knob = 1.5;
    rendered(1).forEach((x, n) => {
      expect(x).toBeCloseTo((0.5 + (n + 1) / 240) * plain[240 + n], 5);
    });
    rendered(2).forEach((x, n) => {
      expect(x).toBeCloseTo(1.5 * plain[480 + n], 5);
    });
  });

  it('at twice the rate the colour is the same: nothing sounds above the model’s Nyquist frequency', () => {
    const example = take(960, 4, 60, random);
    example.f0.fill(1000);
    example.u.copyWithin(61, 0, 61).copyWithin(122, 0, 122);
    const heap = newHeap(flavour);
    const slow = play(heap, stream(heap, example), example);
    const double = { ...example, hop: 1920 };
    const fast = play(heap, stream(heap, double, { sampleRate: 2 * sampleRate }), double);
    // the phase of sample n includes sample n itself, so that every second of the fast samples agrees
    const even = fast.filter((_, n) => n % 2 === 1);
    expect(signalToError(even.slice(960), slow.slice(960))).toBeGreaterThan(80);
  });

  it('survives an f0 out of range', () => {
    const example = take(240, 6, 20, random);
    example.f0.set([0, Number.NaN, -5, Number.POSITIVE_INFINITY, 1e9, 440]);
    const heap = newHeap(flavour);
    expect(play(heap, stream(heap, example), example).every(Number.isFinite)).toBe(true);
  });

  it.each([
    [20, 3, 3],
    [21, 4, 17],
    [33, 2, 9],
  ])('backward agrees with central differences: hop %i, %i frames, K %i', (hop, frames, harmonics) => {
    const example = take(hop, frames, harmonics, random);
    example.f0[0] = 1500;
    const g = randomArray(frames * hop, random);
    const half = trained(newHeap(flavour), example);
    half.forward();
    const once = half.backward(g);
    const loss = (u: number[]) => twin(example, u).reduce((total, y, n) => total + y * g[n], 0);
    const central = Array.from(example.u, (_, i) => {
      const moved = (step: number) => loss(Array.from(example.u, (x, j) => (i === j ? x + step : x)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    expect(relativeError(once, central)).toBeLessThan(2e-5);
    // accumulates
    expect(
      relativeError(
        half.backward(g),
        central.map((d) => 2 * d),
      ),
    ).toBeLessThan(2e-5);
  });

  it('examples do not leak into one another', () => {
    const example = take(48, 5, 20, random);
    const half = trained(newHeap(flavour), example);
    const first = half.forward();
    expect(half.forward()).toEqual(first);
  });

  it('a pitch that leaps is there from the start of the segment, at once and without a step in the signal', () => {
    const heap = newHeap(flavour);
    const example = {
      hop: 480,
      frames: 2,
      harmonics: 1,
      u: new Float32Array(4).fill(0.9),
      f0: new Float32Array(2),
    };
    const processor = stream(heap, example);
    const at = heap.put(example.u);
    const segment = (hz: number, first: boolean, leaps: boolean) => {
      processor.control(at, hz, first, leaps);
      processor.render(0);
      return Array.from(heap.view(processor.output, 480));
    };
    const crossings = (signal: readonly number[]) =>
      signal.flatMap((v, i) => (i > 0 && signal[i - 1] < 0 && v >= 0 ? [i - v / (v - signal[i - 1])] : []));
    const before = segment(500, true, false);
    const after = segment(2000, false, true);
    const periods = crossings(after)
      .slice(1)
      .map((x, i) => x - crossings(after)[i]);
    for (const period of periods) expect(period).toBeCloseTo(sampleRate / 2000, 1);
    const largest = Math.max(...after.map(Math.abs));
    expect(Math.abs(after[0] - before[479])).toBeLessThan((largest * (2 * Math.PI * 2000)) / sampleRate);
    // what does not leap glides
    segment(500, true, false);
    const glided = crossings(segment(2000, false, false));
    expect(glided[1] - glided[0]).toBeGreaterThan(1.3 * (sampleRate / 2000));
  });

  it('harmonics that a leap lifts above the limit are silent at once', () => {
    const heap = newHeap(flavour);
    const u = new Float32Array(41).fill(0.9);
    const processor = stream(heap, { hop: 480, frames: 2, harmonics: 40, u, f0: new Float32Array(2) });
    const at = heap.put(u);
    processor.control(at, 500, true);
    processor.render(0);
    processor.control(at, 5000, false, true);
    processor.render(0);
    const segment = heap.view(processor.output, 480);
    const amplitude = (hz: number) => {
      let [re, im] = [0, 0];
      segment.forEach((value, n) => {
        re += (value * Math.cos((2 * Math.PI * hz * n) / sampleRate)) / 240;
        im += (value * Math.sin((2 * Math.PI * hz * n) / sampleRate)) / 240;
      });
      return Math.hypot(re, im);
    };
    expect(amplitude(5000)).toBeGreaterThan(0.05);
    // where the ninth and tenth would alias to, 0.01 each
    for (const hz of [3000, 2000]) expect(amplitude(hz)).toBeLessThan(0.004);
  });

  it('declares what it is', () => {
    expect(harmonic.controls({ harmonics: 101 })).toEqual([
      { name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 },
      { name: 'harmonics', size: 101, scaling: 'exp_sigmoid', max: 1 },
    ]);
  });
});
