/** SineOscillator and SawOscillator: alike in all but their wave. */

import { describe, expect, it } from 'vitest';
import type { Heap } from '../../src/dsp/heap';
import type { ProcessorStream, ProcessorType } from '../../src/synth/processor';
import { sawOscillator } from '../../src/synth/saw-oscillator/play';
import { sawOscillatorTraining } from '../../src/synth/saw-oscillator/train';
import { sineOscillator } from '../../src/synth/sine-oscillator/play';
import { sineOscillatorTraining } from '../../src/synth/sine-oscillator/train';
import type { TrainableType, TrainContext } from '../../src/synth/trainable';
import { gain, saw } from '../kernels/synth/saw-twin';
import { flavours, newHeap, randomArray, randomiser, relativeError, signalToError } from '../support/kernels';

const RATE = 48000;

interface Kind {
  play: ProcessorType;
  training: TrainableType;
  /** of amplitude 1, in double precision */
  wave(cycles: number, hz: number): number;
  /** level of harmonic k at k * hz, dB */
  level(k: number, hz: number, limit: number): number;
}

const kinds: Kind[] = [
  {
    play: sineOscillator,
    training: sineOscillatorTraining,
    wave: (cycles) => Math.sin(2 * Math.PI * cycles),
    level: (k) => (k === 1 ? 0 : -200),
  },
  {
    play: sawOscillator,
    training: sawOscillatorTraining,
    wave: (cycles, hz) => saw(cycles, hz, RATE),
    level: (k, hz, limit) => 20 * Math.log10((2 / Math.PI / k) * gain((k * hz) / (2 * limit)) + 1e-9),
  },
];

function tensor(): never {
  throw new Error('oscillators have no tensors');
}

interface Take {
  hop: number;
  frames: number;
  /** a decoder output a frame */
  u: Float32Array;
  f0: Float32Array;
}

/** f0 glides and leaps. */
function take(hop: number, frames: number, random: () => number): Take {
  let hz = 300;
  const f0 = Float32Array.from({ length: frames }, () => {
    hz = random() < 0.2 ? 40 + 1900 * random() : hz * (0.9 + 0.2 * random());
    return hz;
  });
  return { hop, frames, u: randomArray(frames, random, 0, 1), f0 };
}

/** Straight from the definition. */
function twin({ wave }: Kind, { hop, frames, f0 }: Take, u: ArrayLike<number>): Float64Array {
  let cycles = 0;
  return Float64Array.from({ length: frames * hop }, (_, n) => {
    const at = Math.min(Math.max((n + 0.5) / hop - 0.5, 0), frames - 1);
    const i = Math.floor(at);
    const j = Math.min(i + 1, frames - 1);
    const hz = f0[i] + (f0[j] - f0[i]) * (at - i);
    cycles = (cycles + hz / RATE) % 1;
    const amplitude = (k: number) => (f0[k] < RATE / 2 ? u[k] ** Math.LN10 + 1e-7 : 0);
    return (amplitude(i) + (amplitude(j) - amplitude(i)) * (at - i)) * wave(cycles, hz);
  });
}

function stream(
  heap: Heap,
  { play }: Kind,
  { hop }: Take,
  options: { lookahead?: number; sampleRate?: number } = {},
): ProcessorStream {
  const rates = { sampleRate: RATE, modelRate: RATE };
  const context = { ...rates, heap, name: 'wave', hop, lookahead: 0, seed: 0, tensor, ...options };
  return play.stream(context, {}, []);
}

/** All that a stream puts out: T + 1 segments, the last frame held for the last of them. */
function run(heap: Heap, processor: ProcessorStream, { u, f0, hop, frames }: Take): number[] {
  const at = heap.put(u);
  const out: number[] = [];
  for (let i = 0; i <= frames; i++) {
    const frame = Math.min(i, frames - 1);
    processor.control(at + frame * 4, f0[frame], i === 0);
    processor.render(i === 0 ? Math.ceil(hop / 2) : 0);
    out.push(...heap.view(processor.output, hop));
  }
  return out;
}

function trained(heap: ReturnType<typeof newHeap>, { training }: Kind, { hop, frames, u, f0 }: Take) {
  const stride = 3;
  const uAt = heap.alloc(frames * stride);
  const f0At = heap.put(f0);
  const duAt = heap.alloc(frames * stride);
  const context: TrainContext = { heap, hop, frames, sampleRate: RATE, stride, tensor };
  const processor = training.create(context, {}, []);
  u.forEach((value, i) => {
    heap.view(uAt, frames * stride)[i * stride] = value;
  });
  return {
    forward(): Float32Array {
      processor.begin();
      processor.forward(uAt, f0At);
      processor.end();
      return heap.view(processor.signal, frames * hop).slice();
    },
    /** accumulated du */
    backward(g: Float32Array): Float32Array {
      heap.view(processor.gradient, frames * hop).set(g);
      processor.backward(uAt, f0At, duAt);
      return u.map((_, i) => heap.view(duAt, frames * stride)[i * stride]);
    },
  };
}

/** Level of the sine at `hz`, dB of full scale; Hann window. */
function levelAt(x: ArrayLike<number>, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < x.length; n++) {
    const w = (1 - Math.cos((2 * Math.PI * (n + 0.5)) / x.length)) / x.length;
    re += w * x[n] * Math.cos((2 * Math.PI * hz * n) / rate);
    im += w * x[n] * Math.sin((2 * Math.PI * hz * n) / rate);
  }
  return 20 * Math.log10(2 * Math.hypot(re, im) + 1e-10);
}

describe.each(kinds)('$play.type', (kind) => {
  describe.each(flavours)('%s', (flavour) => {
    const random = randomiser(51);
    const sizes = [
      [20, 9],
      [21, 9],
      [240, 5],
      [441, 4],
    ];

    it.each(sizes)('an example agrees with the definition: hop %i, %i frames', (hop, frames) => {
      const example = take(hop, frames, random);
      const signal = trained(newHeap(flavour), kind, example).forward();
      expect(signalToError(signal, twin(kind, example, example.u))).toBeGreaterThan(100);
    });

    it.each([
      [20, 40],
      [21, 40],
      [960, 7],
      [1001, 6],
    ])('a stream is the example, half a hop late: hop %i, %i frames', (hop, frames) => {
      const example = take(hop, frames, random);
      const whole = trained(newHeap(flavour), kind, example).forward();
      const heap = newHeap(flavour);
      const out = run(heap, stream(heap, kind, example), example);
      const skip = Math.ceil(hop / 2);
      expect(out.slice(0, skip).every((x) => x === 0)).toBe(true);
      whole.forEach((x, n) => {
        expect(Math.abs(out[n + skip] - x)).toBeLessThanOrEqual(1e-6);
      });
    });

    it.each([1, 13, 240, 300])('lookahead delays a stream by %i samples', (lookahead) => {
      const example = take(240, 6, random);
      const heap = newHeap(flavour);
      const prompt = run(heap, stream(heap, kind, example), example);
      const late = run(heap, stream(heap, kind, example, { lookahead }), example);
      expect(late.slice(0, lookahead).every((x) => x === 0)).toBe(true);
      expect(late.slice(lookahead)).toEqual(prompt.slice(0, -lookahead));
    });

    it.each(sizes)('backward agrees with central differences: hop %i, %i frames', (hop, frames) => {
      const example = take(hop, frames, random);
      example.f0[1] = 30000;
      const g = randomArray(frames * hop, random);
      const half = trained(newHeap(flavour), kind, example);
      half.forward();
      const once = half.backward(g);
      const clipped = { ...example, f0: example.f0.map((hz) => Math.min(hz, RATE / 2)) };
      const loss = (u: number[]) => twin(kind, clipped, u).reduce((sum, y, n) => sum + y * g[n], 0);
      const central = Array.from(example.u, (_, i) => {
        const moved = (step: number) => loss(Array.from(example.u, (x, j) => (i === j ? x + step : x)));
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      expect(central[1]).toBe(0);
      expect(relativeError(once, central)).toBeLessThan(2e-5);
      expect(
        relativeError(
          half.backward(g),
          central.map((d) => 2 * d),
        ),
      ).toBeLessThan(2e-5);
    });

    it('reset forgets the stream, and examples do not leak into one another', () => {
      const example = take(240, 6, random);
      const heap = newHeap(flavour);
      const processor = stream(heap, kind, example, { lookahead: 50 });
      const once = run(heap, processor, example);
      processor.reset();
      expect(heap.view(processor.output, 240).every((x) => x === 0)).toBe(true);
      expect(run(heap, processor, example)).toEqual(once);
      const half = trained(heap, kind, example);
      const first = half.forward();
      expect(half.forward()).toEqual(first);
    });

    it('the knob moves to its value over one segment', () => {
      const example = take(240, 2, random);
      const heap = newHeap(flavour);
      const plain = run(heap, stream(heap, kind, example), example);
      const processor = stream(heap, kind, example);
      const u = heap.put(example.u);
      processor.knob = 0.5;
      processor.control(u, example.f0[0], true);
      processor.render(120);
      heap.view(processor.output, 240).forEach((x, n) => {
        expect(x).toBeCloseTo(0.5 * plain[n], 6);
      });
      processor.knob = 1.5;
      processor.control(u + 4, example.f0[1], false);
      processor.render(0);
      heap.view(processor.output, 240).forEach((x, n) => {
        expect(x).toBeCloseTo((0.5 + (n + 1) / 240) * plain[240 + n], 5);
      });
    });

    it('survives any f0', () => {
      const example = take(240, 6, random);
      example.f0.set([0, Number.NaN, -5, Number.POSITIVE_INFINITY, 1e9, 440]);
      const heap = newHeap(flavour);
      expect(run(heap, stream(heap, kind, example), example).every(Number.isFinite)).toBe(true);
      expect([...trained(heap, kind, example).forward()].every(Number.isFinite)).toBe(true);
    });

    it('a NaN among the controls is gone two frames later', () => {
      const example = take(240, 8, random);
      const heap = newHeap(flavour);
      const clean = run(heap, stream(heap, kind, example), example);
      example.u[3] = Number.NaN;
      const out = run(heap, stream(heap, kind, example), example);
      expect(out.slice(5 * 240)).toEqual(clean.slice(5 * 240));
    });
  });

  it.each([
    [44100, 1000],
    [96000, 1000],
    [96000, 3137.5],
    [44100, 261.63],
    [48000, 440],
  ])('of a model of 48 kHz at %i Hz: %f Hz, the same harmonics, and nothing else', (sampleRate, hz) => {
    const frames = 16;
    const hop = sampleRate / 50;
    const example = {
      ...{ hop, frames },
      u: new Float32Array(frames).fill(1),
      f0: new Float32Array(frames).fill(hz),
    };
    const heap = newHeap();
    const out = run(heap, stream(heap, kind, example, { sampleRate }), example).slice(hop, -hop);
    const limit = Math.min(sampleRate, RATE) / 2;
    for (let k = 1; k * hz < limit * 0.999; k++) {
      const level = levelAt(out, k * hz, sampleRate);
      const expected = kind.level(k, hz, limit);
      if (expected > -90) expect(Math.abs(level - expected)).toBeLessThan(expected > -60 ? 0.02 : 1);
      else expect(level).toBeLessThan(-90);
    }
    // between the harmonics, and above the model's Nyquist frequency
    for (let f = hz / 2; f < sampleRate / 2; f += hz) {
      expect(levelAt(out, f, sampleRate)).toBeLessThan(-95);
      if (f > limit) expect(levelAt(out, f + hz / 2, sampleRate)).toBeLessThan(-95);
    }
  });

  it('declares what it is', () => {
    expect(kind.play.controls({})).toEqual([{ name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 }]);
    expect(kind.play.tensors({}, RATE)).toEqual({});
  });
});
