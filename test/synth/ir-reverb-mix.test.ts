import { describe, expect, it } from 'vitest';
import type { Heap, TrainKernels } from '../../src/dsp/heap';
import { irReverb } from '../../src/synth/ir-reverb/play';
import { irReverbMix } from '../../src/synth/ir-reverb-mix/play';
import { irReverbMixTraining } from '../../src/synth/ir-reverb-mix/train';
import { flavours, newHeap, newName, randomArray, randomiser, relativeError } from '../support/kernels';

const RATE = 48000;
const STRIDE = 3;

interface Take {
  hop: number;
  frames: number;
  ir: Float32Array;
  x: Float32Array;
  /** a mix a frame */
  u: Float32Array;
}

function take(hop: number, frames: number, taps: number, random: () => number): Take {
  return {
    hop,
    frames,
    ir: Float32Array.from({ length: taps }, (_, n) => 0.3 * (2 * random() - 1) * Math.exp((-5 * n) / taps)),
    x: randomArray(hop * frames, random),
    u: randomArray(frames, random, 0, 1),
  };
}

/** The mix at sample n. */
function mixAt(u: ArrayLike<number>, n: number, hop: number): number {
  const at = Math.min(Math.max((n + 0.5) / hop - 0.5, 0), u.length - 1);
  const i = Math.floor(at);
  return u[i] + ((u[i + 1] ?? u[i]) - u[i]) * (at - i);
}

/** By the definition, in double precision. */
function twin({
  hop,
  ir,
  x,
  u,
}: { hop: number } & Record<'ir' | 'x' | 'u', ArrayLike<number>>): Float64Array {
  return Float64Array.from(x, (dry, t) => {
    let wet = 0;
    for (let n = 0; n < ir.length && n < t; n++) wet += ir[n] * x[t - 1 - n];
    const m = mixAt(u, t, hop);
    return 2 * (1 - m) * dry + 2 * m * wet;
  });
}

function train(heap: Heap<TrainKernels>, { hop, frames, ir, x, u }: Take) {
  const slot = { value: heap.put(ir), gradient: heap.alloc(ir.length), size: ir.length };
  const audio = { signal: heap.put(x), gradient: heap.alloc(x.length) };
  const uAt = heap.alloc(frames * STRIDE);
  const duAt = heap.alloc(frames * STRIDE);
  const context = { heap, sampleRate: RATE, hop, frames, stride: STRIDE, tensor: () => slot };
  const processor = irReverbMixTraining.create(context, { length: ir.length }, [audio]);
  for (let i = 0; i < frames; i++) heap.view(uAt + i * STRIDE * 4, 1)[0] = u[i];
  return { processor, slot, audio, uAt, duAt };
}

function newStream(
  heap: Heap<TrainKernels>,
  { hop, ir }: Take,
  { lookahead = 0, type = irReverbMix, sampleRate = RATE } = {},
) {
  const audio = heap.alloc(hop);
  const uAt = heap.alloc(1);
  const rates = { sampleRate, modelRate: RATE, hop };
  const context = { ...rates, heap, name: newName(), lookahead, seed: 0, tensor: () => ir };
  const processor = type.stream(context, { length: ir.length }, [audio]);
  /** segments of `late`, which is the audio as sources deliver it: half a hop and the lookahead late */
  const run = (late: Float32Array, u: Float32Array, knobs?: readonly number[]): Float32Array => {
    const out = new Float32Array(u.length * hop);
    u.forEach((value, i) => {
      heap.view(audio, hop).set(late.subarray(i * hop, (i + 1) * hop));
      heap.view(uAt, 1)[0] = value;
      if (knobs) processor.knob = knobs[i];
      processor.control(uAt, 440, i === 0);
      processor.render(i === 0 ? Math.ceil(hop / 2) : 0);
      out.set(heap.view(processor.output, hop), i * hop);
    });
    return out;
  };
  return { processor, run };
}

function delayed(x: Float32Array, by: number): Float32Array {
  return Float32Array.from(x, (_, n) => (n < by ? 0 : x[n - by]));
}

describe.each(flavours)('IRReverbMix (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(71);

  it.each([
    [37, 5, 1],
    [20, 8, 60],
    [21, 8, 167],
    [31, 4, 300],
  ])('training: hop %i, %i frames, %i taps', (hop, frames, taps) => {
    const example = take(hop, frames, taps, random);
    const { processor, slot, audio, uAt, duAt } = train(heap, example);
    const { x, ir, u } = example;
    const expected = {
      dx: new Float64Array(x.length),
      dIr: new Float64Array(taps),
      du: new Float64Array(frames),
    };
    for (let batch = 0; batch < 2; batch++) {
      processor.begin();
      for (let round = 0; round < 2; round++) {
        processor.forward(uAt, 0);
        expect(relativeError(heap.view(processor.signal, x.length), twin(example))).toBeLessThan(1e-6);
        const cotangent = randomArray(x.length, random);
        heap.view(processor.gradient, x.length).set(cotangent);
        processor.backward(uAt, 0, duAt);
        // linear in each of its three inputs: central differences are exact
        const add = (to: Float64Array, name: 'x' | 'ir' | 'u') => {
          for (let i = 0; i < to.length; i++) {
            const moved = (by: number) => {
              const values = Float64Array.from(example[name], (value, n) => (n === i ? value + by : value));
              return twin({ ...example, [name]: values }).reduce((sum, y, t) => sum + y * cotangent[t], 0);
            };
            to[i] += moved(0.5) - moved(-0.5);
          }
        };
        add(expected.dx, 'x');
        add(expected.dIr, 'ir');
        add(expected.du, 'u');
      }
      processor.end();
    }
    const du = u.map((_, i) => heap.view(duAt + i * STRIDE * 4, 1)[0]);
    expect(relativeError(heap.view(audio.gradient, x.length), expected.dx)).toBeLessThan(2e-6);
    expect(relativeError(heap.view(slot.gradient, ir.length), expected.dIr)).toBeLessThan(3e-6);
    expect(relativeError(du, expected.du)).toBeLessThan(1e-5);
  });

  it.each(Array.from({ length: 10 }, (_, i) => i))('streams what it trains on, delayed (case %i)', () => {
    const hop = 20 + Math.floor(random() * 150);
    const example = take(hop, 24, 1 + Math.floor(random() ** 2 * hop * 30), random);
    const lookahead = random() < 0.5 ? 0 : Math.floor(random() * 2 * hop);
    const { processor, uAt } = train(heap, example);
    processor.begin();
    processor.forward(uAt, 0);
    const whole = heap.view(processor.signal, example.x.length).slice();
    const delay = Math.ceil(hop / 2) + lookahead;
    const tolerance = 1e-6 * Math.max(1, ...whole.map(Math.abs));
    const stream = newStream(heap, example, { lookahead });
    for (let round = 0; round < 2; round++) {
      const out = stream.run(delayed(example.x, delay), example.u);
      delayed(whole, delay).forEach((value, t) => {
        if (!(Math.abs(out[t] - value) < tolerance)) throw new Error(`${t}: ${out[t]}, expected ${value}`);
      });
      stream.processor.reset();
    }
  });

  it('at a mix of 1/2 is IRReverb, whatever the knob', () => {
    const example = take(48, 12, 200, random);
    const half = new Float32Array(12).fill(0.5);
    for (const knob of [0, 0.3, 0.5, 1]) {
      const knobs = Array<number>(12).fill(knob);
      const mixed = newStream(heap, example).run(example.x, half, knobs);
      const fixed = newStream(heap, example, { type: irReverb }).run(example.x, half, knobs);
      expect(relativeError(mixed, fixed)).toBeLessThan(1e-6);
    }
  });

  it('is dry at 0, wet at 1; the knob leaves the part that it names', () => {
    const example = take(48, 12, 200, random);
    const { x } = example;
    const wet = twin({ ...example, u: [1] });
    const at = (mix: number, knob: number) =>
      newStream(heap, example).run(x, new Float32Array(12).fill(mix), Array<number>(12).fill(knob));
    const scaled = (of: ArrayLike<number>, by: number) => Array.from(of, (value) => by * value);
    expect(relativeError(at(0, 0.5), scaled(x, 2))).toBeLessThan(1e-6);
    expect(relativeError(at(1, 0.5), wet)).toBeLessThan(1e-6);
    expect(relativeError(at(0.25, 0), scaled(x, 3))).toBeLessThan(1e-6);
    expect(relativeError(at(0.25, 1), scaled(wet, 0.5))).toBeLessThan(1e-6);
  });

  it('moves linearly to a new knob', () => {
    const example = take(50, 6, 300, random);
    const { x, u, hop } = example;
    const knobs = [0.5, 1, 0, 0.25, 0.5, 0.5];
    const out = newStream(heap, example).run(delayed(x, 25), u, knobs);
    const [dry, wet] = [
      delayed(
        Float32Array.from(x, (value, n) => 2 * (1 - mixAt(u, n, hop)) * value),
        25,
      ),
      delayed(
        Float32Array.from(twin({ ...example, u: [1] }), (value, n) => mixAt(u, n, hop) * value),
        25,
      ),
    ];
    const expected = Array.from(x, (_, t) => {
      const i = Math.floor(t / hop);
      const from = knobs[Math.max(0, i - 1)];
      const k = from + ((knobs[i] - from) * ((t % hop) + 1)) / hop;
      return 2 * (1 - k) * dry[t] + 2 * k * wet[t];
    });
    expect(relativeError(out, expected)).toBeLessThan(1e-6);
  });

  it('forgets a NaN in its sound and in its control', () => {
    const example = take(32, 20, 100, random);
    const { run } = newStream(heap, example);
    const clean = run(example.x, example.u);
    const u = example.u.slice();
    u[3] = Number.NaN;
    expect(run(example.x, u).subarray(5 * 32)).toEqual(clean.subarray(5 * 32));
    const x = example.x.slice();
    x[40] = Number.NaN;
    expect(run(x, example.u).every((value, n) => Math.floor(n / 32) === 1 || Number.isFinite(value))).toBe(
      true,
    );
  });

  it.each([44100, 96000])('at %i Hz the same mix, and its echo in the same place', (sampleRate) => {
    const ir = new Float32Array(480);
    ir[479] = 0.5;
    const hop = sampleRate / 100;
    const x = new Float32Array(hop * 12);
    x[0] = 1;
    const out = newStream(heap, { hop, frames: 12, ir, x, u: x }, { sampleRate }).run(
      x,
      new Float32Array(12).fill(0.25),
    );
    expect(out[0]).toBeCloseTo(1.5, 5);
    const echo = out.subarray(1);
    const sum = echo.reduce((total, value) => total + value, 0);
    const centre = echo.reduce((total, value, n) => total + (n + 1) * value, 0) / sum;
    expect(sum).toBeCloseTo(0.25, 4);
    expect(centre / sampleRate).toBeCloseTo(480 / RATE, 6);
  });

  it('declares what it is', () => {
    expect(irReverbMix.controls({ length: 9 })).toEqual([
      { name: 'mix', size: 1, scaling: 'sigmoid', max: 1 },
    ]);
    expect(irReverbMix.tensors({ length: 9 }, RATE)).toEqual({ ir: 9 });
    expect(irReverbMixTraining.initial?.('ir', { length: 9 }, RATE, random)).toHaveLength(9);
  });
});
