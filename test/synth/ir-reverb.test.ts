import { describe, expect, it } from 'vitest';
import { Convolver } from '../../src/dsp/convolver';
import type { Heap, TrainKernels } from '../../src/dsp/heap';
import { resampleResponse } from '../../src/dsp/resample-response';
import { compute } from '../../src/dsp/tables';
import { irReverb } from '../../src/synth/ir-reverb/play';
import { irReverbTraining } from '../../src/synth/ir-reverb/train';
import { ConvolutionTraining } from '../../src/synth/reverb-training';
import { flavours, newHeap, newName, randomArray, randomiser, relativeError } from '../support/kernels';

const RATE = 48000;

/** y[t] = x[t] + sum over n of ir[n] x[t - 1 - n], in double precision, as long as x. */
function twin(x: ArrayLike<number>, ir: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value, t) => {
    let sum = value;
    for (let n = 0; n < ir.length && n < t; n++) sum += ir[n] * x[t - 1 - n];
    return sum;
  });
}

function decaying(length: number, random: () => number, time = length / 5): Float32Array {
  return Float32Array.from({ length }, (_, n) => 0.3 * (2 * random() - 1) * Math.exp(-n / time));
}

function train(heap: Heap<TrainKernels>, ir: Float32Array, hop: number, frames: number) {
  const tensor = { value: heap.put(ir), gradient: heap.alloc(ir.length), size: ir.length };
  const audio = { signal: heap.alloc(hop * frames), gradient: heap.alloc(hop * frames) };
  const processor = irReverbTraining.create(
    { heap, sampleRate: RATE, hop, frames, stride: 4, tensor: () => tensor },
    { length: ir.length },
    [audio],
  );
  return { processor, tensor, audio };
}

function newStream(heap: Heap<TrainKernels>, ir: Float32Array, hop: number, sampleRate = RATE) {
  const audio = heap.alloc(hop);
  const processor = irReverb.stream(
    { heap, name: newName(), sampleRate, modelRate: RATE, hop, lookahead: 0, seed: 0, tensor: () => ir },
    { length: ir.length },
    [audio],
  );
  /** whole segments of x; a knob for each */
  const run = (x: Float32Array, knobs?: readonly number[]): Float32Array => {
    const out = new Float32Array(Math.floor(x.length / hop) * hop);
    for (let i = 0; i * hop < out.length; i++) {
      heap.view(audio, hop).set(x.subarray(i * hop, (i + 1) * hop));
      if (knobs) processor.knob = knobs[i];
      processor.control(0, 440, i === 0);
      processor.render(0);
      out.set(heap.view(processor.output, hop), i * hop);
    }
    return out;
  };
  return { processor, run };
}

describe.each(flavours)('IRReverb (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(8);

  it.each([
    [37, 5, 1],
    [37, 5, 60],
    [20, 8, 159],
    [20, 8, 160],
    [31, 6, 1000],
  ])('training: hop %i, %i frames, %i taps', (hop, frames, taps) => {
    const length = hop * frames;
    const ir = decaying(taps, random);
    const { processor, tensor, audio } = train(heap, ir, hop, frames);
    const dx = new Float64Array(length);
    const dIr = new Float64Array(taps);
    for (let batch = 0; batch < 2; batch++) {
      processor.begin();
      for (let example = 0; example < 3; example++) {
        const x = randomArray(length, random);
        const cotangent = randomArray(length, random);
        heap.view(audio.signal, length).set(x);
        processor.forward(0, 0);
        expect(relativeError(heap.view(processor.signal, length), twin(x, ir))).toBeLessThan(1e-6);
        heap.view(processor.gradient, length).set(cotangent);
        processor.backward(0, 0, 0);
        // the output is linear in x and in ir, so central differences are exact
        const loss = (input: ArrayLike<number>, response: ArrayLike<number>): number =>
          twin(input, response).reduce((sum, value, t) => sum + value * cotangent[t], 0);
        const slope = (of: Float32Array, i: number, at: (moved: Float64Array) => number): number => {
          const moved = Float64Array.from(of);
          moved[i] = of[i] + 0.5;
          const above = at(moved);
          moved[i] = of[i] - 0.5;
          return above - at(moved);
        };
        for (let i = 0; i < length; i++) dx[i] += slope(x, i, (moved) => loss(moved, ir));
        // later taps are heard after the end
        for (let i = 0; i < Math.min(taps, length); i++) dIr[i] += slope(ir, i, (moved) => loss(x, moved));
      }
      processor.end();
    }
    expect(relativeError(heap.view(audio.gradient, length), dx)).toBeLessThan(1e-6);
    expect(relativeError(heap.view(tensor.gradient, taps), dIr)).toBeLessThan(2e-6);
    expect(heap.view(tensor.gradient, taps).subarray(length - 1)).toEqual(
      new Float32Array(Math.max(0, taps - length + 1)),
    );
  });

  it.each([32, 64, 256])('trains alike in blocks, with transforms of %i', (largest) => {
    const [hop, frames] = [37, 6];
    const length = hop * frames;
    for (const taps of [1, largest / 2 - 1, largest / 2, 100, length + 5]) {
      const context = {
        heap,
        sampleRate: RATE,
        hop,
        frames,
        stride: 4,
        tensor: (): never => {
          throw new Error();
        },
      };
      const response = heap.put(decaying(taps, random));
      const learned: Float32Array[] = [];
      const source = {
        size: taps,
        value: () => response,
        learn: (at: number, count: number) => learned.push(heap.view(at, count).slice()),
      };
      const [whole, blocks] = [1 << 20, largest].map(
        (most) => new ConvolutionTraining(context, source, most),
      );
      const x = [1, 2].map(() => heap.put(randomArray(length, random)));
      const results = [whole, blocks].map((convolution) => {
        const dWet = heap.alloc(convolution.paddedLength);
        heap.view(dWet, length).set(randomArray(length, randomiser(4)));
        convolution.begin();
        const out = x.flatMap((dry) => [
          heap.view(convolution.forward(dry), length).slice(),
          heap.view(convolution.backward(dWet), length).slice(),
        ]);
        convolution.end();
        return out;
      });
      results[1].forEach((values, i) => {
        expect(relativeError(values, results[0][i])).toBeLessThan(1e-6);
      });
      expect(relativeError(learned[1], learned[0])).toBeLessThan(1e-5);
    }
  });

  it.each(Array.from({ length: 10 }, (_, i) => i))('streams what it trains on (case %i)', () => {
    const hop = 20 + Math.floor(random() * 150);
    const frames = 24;
    const ir = decaying(1 + Math.floor(random() ** 2 * hop * 30), random);
    const x = randomArray(hop * frames, random);
    const { processor, audio } = train(heap, ir, hop, frames);
    heap.view(audio.signal, x.length).set(x);
    processor.begin();
    processor.forward(0, 0);
    const whole = heap.view(processor.signal, x.length).slice();
    const tolerance = 1e-6 * Math.max(1, ...whole.map(Math.abs));
    const stream = newStream(heap, ir, hop);
    for (let round = 0; round < 2; round++) {
      stream.run(x).forEach((value, t) => {
        if (!(Math.abs(value - whole[t]) < tolerance))
          throw new Error(`${t}: ${value}, expected ${whole[t]}`);
      });
      stream.processor.reset();
    }
  });

  it.each([1, 2, 4, 8, 16])('convolves alike with second-level blocks of %i hops', (ratio) => {
    const hop = 27;
    const taps = decaying(hop * 33 + 5, random);
    const x = randomArray(hop * 80, random);
    const convolver = new Convolver(heap, newName(), taps, hop, ratio);
    const at = heap.alloc(hop);
    const out = new Float32Array(x.length);
    for (let i = 0; i < 80; i++) {
      heap.view(at, hop).set(x.subarray(i * hop, (i + 1) * hop));
      out.set(heap.view(convolver.process(at), hop), i * hop);
    }
    // twin adds the dry signal and one sample of delay
    const wet = twin(x, taps).map((value, t) => value - x[t]);
    expect(relativeError(out.subarray(0, -1), wet.subarray(1))).toBeLessThan(1e-6);
  });

  it('moves linearly to a new mix', () => {
    const hop = 50;
    const ir = decaying(300, random);
    const x = randomArray(hop * 8, random);
    const full = twin(x, ir);
    const knobs = [0.5, 0.5, 1, 0, 0, 0.25, 0.5, 0.5];
    const out = newStream(heap, ir, hop).run(x, knobs);
    const expected = Array.from(x, (dry, t) => {
      const i = Math.floor(t / hop);
      const from = knobs[Math.max(0, i - 1)];
      const m = from + ((knobs[i] - from) * ((t % hop) + 1)) / hop;
      return 2 * (1 - m) * dry + 2 * m * (full[t] - dry);
    });
    expect(relativeError(out, expected)).toBeLessThan(1e-6);
  });

  it('leaves out only an end that cannot be heard', () => {
    const hop = 64;
    const ir = decaying(4000, random, 100);
    const x = new Float32Array(hop * 40).fill(1);
    const full = twin(x, ir);
    newStream(heap, ir, hop)
      .run(x)
      .forEach((value, t) => {
        expect(Math.abs(value - full[t])).toBeLessThan(2e-6);
      });
    const silent = newStream(heap, new Float32Array(500), hop);
    expect(silent.run(x)).toEqual(x);
  });

  it('forgets a NaN, and faint sound leaves exact silence', () => {
    const hop = 32;
    const ir = decaying(200, random);
    const x = randomArray(hop * 20, random);
    x.fill(1e-20, hop * 8);
    x[hop] = Number.NaN;
    const { run } = newStream(heap, ir, hop);
    const out = run(x);
    const clean = run(x.map((value) => (Number.isNaN(value) ? 0 : value)));
    expect(out.subarray(2 * hop)).toEqual(clean.subarray(2 * hop));
    expect(out.subarray(16 * hop)).toEqual(x.subarray(16 * hop));
  });

  it('declares its tensor, its tail and how it begins', () => {
    const context = { sampleRate: RATE, modelRate: RATE, hop: 960 };
    expect(irReverb.tensors({ length: 11999 }, RATE)).toEqual({ ir: 11999 });
    expect(irReverb.tail({ length: 11999 }, context)).toBe(11999);
    const first = irReverbTraining.initial!('ir', { length: 12000 }, RATE, random);
    const energy = (part: Float32Array) => part.reduce((sum, value) => sum + value * value, 0);
    expect(first.length).toBe(12000);
    expect(Math.max(...first.map(Math.abs))).toBeLessThanOrEqual(1e-3);
    expect(energy(first.subarray(0, 4800)) / energy(first.subarray(4800, 9600))).toBeGreaterThan(4);
  });
});

describe('impulse responses at other rates', () => {
  const random = randomiser(9);

  /** Gain of dry and wet together, dB. */
  function gain(response: Float32Array, sampleRate: number, frequency: number): number {
    let re = 1;
    let im = 0;
    for (let n = 0; n < response.length; n++) {
      const phase = (2 * Math.PI * frequency * n) / sampleRate;
      re += response[n] * Math.cos(phase);
      im -= response[n] * Math.sin(phase);
    }
    return 10 * Math.log10(re * re + im * im);
  }

  it.each([44100, 96000, 88200, 192000])('sound the same at %i Hz', (sampleRate) => {
    const ir = decaying(3000, random, 800).map((value) => value * 0.1);
    const response = new Float32Array(ir.length + 1);
    response.set(ir, 1);
    const resampled = compute(() => resampleResponse(response, RATE, sampleRate));
    for (let f = 20; f < 18000; f += 101) {
      expect(Math.abs(gain(resampled, sampleRate, f) - gain(response, RATE, f))).toBeLessThan(0.1);
    }
  });

  it.each([44100, 96000])('keep an echo in its place and its level at %i Hz', (sampleRate) => {
    const response = new Float32Array(1000);
    response[480] = 1;
    const resampled = compute(() => resampleResponse(response, RATE, sampleRate));
    const sum = resampled.reduce((total, value) => total + value, 0);
    const centre = resampled.reduce((total, value, n) => total + n * value, 0) / sum;
    expect(sum).toBeCloseTo(1, 4);
    expect(centre / sampleRate).toBeCloseTo(480 / RATE, 7);
  });

  it('are left alone at their own rate', () => {
    const response = decaying(10, random);
    expect(compute(() => resampleResponse(response, RATE, RATE))).toBe(response);
  });

  it('streams them, with a tail long enough', () => {
    const heap = newHeap();
    for (const sampleRate of [44100, 96000]) {
      const ir = new Float32Array(479);
      ir[478] = 0.5;
      const hop = Math.round((sampleRate * 240) / RATE);
      const { run } = newStream(heap, ir, hop, sampleRate);
      const x = new Float32Array(hop * 12);
      x[0] = 1;
      const out = run(x);
      const tail = irReverb.tail({ length: 479 }, { sampleRate, modelRate: RATE, hop });
      expect(Math.max(...out.subarray(tail + 1).map(Math.abs))).toBeLessThan(1e-7);
      const echo = out.subarray(1).reduce((sum, value) => sum + value, 0);
      expect(echo).toBeCloseTo(0.5, 3);
    }
  });
});
