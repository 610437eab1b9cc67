import { describe, expect, it } from 'vitest';
import type { Heap, TrainKernels } from '../../src/dsp/heap';
import { decayReverb } from '../../src/synth/decay-reverb/play';
import { decayReverbTraining } from '../../src/synth/decay-reverb/train';
import { flavours, newHeap, newName, randomArray, randomiser, relativeError } from '../support/kernels';

const RATE = 48000;

/** The two learned numbers, as logits. */
interface Room {
  gain: number;
  decay: number;
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function noiseOf(heap: Heap<TrainKernels>, length: number, seed = 1): Float32Array {
  const at = heap.alloc(length);
  heap.kernels.uniformNoise(at, seed, 0, length);
  return heap.view(at, length).slice();
}

/** Taps from one sample after the direct sound on, by the definition. */
function response({ gain, decay }: Room, noise: Float32Array): Float64Array {
  const level = 0.25 * sigmoid(gain) ** Math.LN10 + 1e-7;
  // samples in which it falls by 60 dB
  const fall = noise.length * 50 ** (sigmoid(decay) - 1);
  return Float64Array.from(noise, (x, n) => level * x * 0.001 ** ((n + 1) / fall));
}

/** y[t] = x[t] + sum over n of r[n] x[t - 1 - n], as long as x. */
function convolved(x: ArrayLike<number>, r: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value, t) => {
    let sum = value;
    for (let n = 0; n < r.length && n < t; n++) sum += r[n] * x[t - 1 - n];
    return sum;
  });
}

function train(heap: Heap<TrainKernels>, room: Room, length: number, hop: number, frames: number) {
  const slot = (value: number) => ({ value: heap.put([value]), gradient: heap.alloc(1), size: 1 });
  const slots = { gain: slot(room.gain), decay: slot(room.decay) };
  const audio = { signal: heap.alloc(hop * frames), gradient: heap.alloc(hop * frames) };
  const tensor = (name: string) => (name === 'reverb.gain' ? slots.gain : slots.decay);
  const processor = decayReverbTraining.create(
    { heap, sampleRate: RATE, hop, frames, stride: 4, tensor },
    { length, seed: 1 },
    [audio],
  );
  return { processor, slots, audio };
}

function newStream(
  heap: Heap<TrainKernels>,
  room: Room,
  length: number,
  hop: number,
  { sampleRate = RATE, seed = 1 } = {},
) {
  const audio = heap.alloc(hop);
  const tensor = (name: string) => Float32Array.of(name === 'reverb.gain' ? room.gain : room.decay);
  const processor = decayReverb.stream(
    { heap, name: newName(), sampleRate, modelRate: RATE, hop, lookahead: 0, seed: 77, tensor },
    { length, seed },
    [audio],
  );
  const run = (x: Float32Array, knob = 0.5): Float32Array => {
    const out = new Float32Array(Math.floor(x.length / hop) * hop);
    processor.knob = knob;
    for (let i = 0; i * hop < out.length; i++) {
      heap.view(audio, hop).set(x.subarray(i * hop, (i + 1) * hop));
      processor.control(0, 440, i === 0);
      processor.render(0);
      out.set(heap.view(processor.output, hop), i * hop);
    }
    return out;
  };
  return { processor, run };
}

/** Impulse response without the direct sound. */
function ring(room: Room, length: number, sampleRate = RATE, seed = 1): Float32Array {
  const hop = Math.round(sampleRate / 100);
  const x = new Float32Array(hop * Math.ceil((1.1 * length * sampleRate) / RATE / hop));
  x[0] = 1;
  const out = newStream(newHeap(), room, length, hop, { sampleRate, seed }).run(x);
  out[0] -= 1;
  return out;
}

/** Seconds in which the energy that is still to come falls from -5 to -35 dB, times 2 (ISO 3382). */
function reverberationTime(impulse: Float32Array, sampleRate: number): number {
  const left = new Float64Array(impulse.length + 1);
  for (let n = impulse.length - 1; n >= 0; n--) left[n] = left[n + 1] + impulse[n] ** 2;
  const fallsTo = (level: number) => left.findIndex((energy) => 10 * Math.log10(energy / left[0]) < level);
  return (2 * (fallsTo(-35) - fallsTo(-5))) / sampleRate;
}

describe.each(flavours)('DecayReverb (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(61);

  it.each([
    [37, 5, 1],
    [20, 8, 60],
    [20, 8, 160],
    [31, 4, 300],
  ])('training: hop %i, %i frames, %i taps', (hop, frames, taps) => {
    const length = hop * frames;
    const room = { gain: 2 * random() - 1, decay: taps > 10 ? 2 * random() - 1 : 3 };
    const { processor, slots, audio } = train(heap, room, taps, hop, frames);
    const noise = noiseOf(heap, taps);
    const r = response(room, noise);
    const dx = new Float64Array(length);
    const d = { gain: 0, decay: 0 };
    for (let batch = 0; batch < 2; batch++) {
      processor.begin();
      for (let example = 0; example < 3; example++) {
        const x = randomArray(length, random);
        const cotangent = randomArray(length, random);
        heap.view(audio.signal, length).set(x);
        processor.forward(0, 0);
        expect(relativeError(heap.view(processor.signal, length), convolved(x, r))).toBeLessThan(1e-6);
        heap.view(processor.gradient, length).set(cotangent);
        processor.backward(0, 0, 0);
        const loss = (input: ArrayLike<number>, at: Room): number =>
          convolved(input, response(at, noise)).reduce((sum, value, t) => sum + value * cotangent[t], 0);
        for (let i = 0; i < length; i++) {
          const moved = (by: number) =>
            loss(
              Float64Array.from(x, (v, n) => (n === i ? v + by : v)),
              room,
            );
          dx[i] += moved(0.5) - moved(-0.5);
        }
        for (const name of ['gain', 'decay'] as const) {
          const moved = (by: number) => loss(x, { ...room, [name]: room[name] + by });
          d[name] += (moved(1e-4) - moved(-1e-4)) / 2e-4;
        }
      }
      processor.end();
    }
    expect(relativeError(heap.view(audio.gradient, length), dx)).toBeLessThan(2e-6);
    const gradient = (['gain', 'decay'] as const).map((name) => heap.view(slots[name].gradient, 1)[0]);
    expect(relativeError(gradient, [d.gain, d.decay])).toBeLessThan(2e-5);
  });

  it.each(Array.from({ length: 8 }, (_, i) => i))('streams what it trains on (case %i)', () => {
    const hop = 20 + Math.floor(random() * 150);
    const frames = 24;
    const taps = 1 + Math.floor(random() ** 2 * hop * 30);
    const room = { gain: 4 * random() - 2, decay: 4 * random() - 2 };
    const x = randomArray(hop * frames, random);
    const { processor, audio } = train(heap, room, taps, hop, frames);
    heap.view(audio.signal, x.length).set(x);
    processor.begin();
    processor.forward(0, 0);
    const whole = heap.view(processor.signal, x.length).slice();
    const tolerance = 1e-6 * Math.max(1, ...whole.map(Math.abs));
    const stream = newStream(heap, room, taps, hop);
    for (let round = 0; round < 2; round++) {
      stream.run(x).forEach((value, t) => {
        if (!(Math.abs(value - whole[t]) < tolerance))
          throw new Error(`${t}: ${value}, expected ${whole[t]}`);
      });
      stream.processor.reset();
    }
  });

  it('is heard from the first sample after the direct sound on, whatever the hop', () => {
    const room = { gain: 3, decay: 2 };
    const noise = noiseOf(heap, 2000);
    for (const hop of [32, 480]) {
      const x = new Float32Array(hop * 4);
      x[3] = 1;
      const out = newStream(heap, room, 2000, hop).run(x);
      const expected = convolved(x, response(room, noise));
      expect(out[3]).toBeCloseTo(1, 6);
      expect(Math.abs(out[4])).toBeGreaterThan(1e-3);
      expect(relativeError(out, expected)).toBeLessThan(1e-6);
    }
  });

  it('forgets a NaN', () => {
    const x = randomArray(32 * 20, random);
    x[40] = Number.NaN;
    const { run } = newStream(heap, { gain: 2, decay: 0 }, 200, 32);
    const out = run(x);
    const clean = run(x.map((value) => (Number.isNaN(value) ? 0 : value)));
    expect(out.subarray(64)).toEqual(clean.subarray(64));
  });

  it.each([-3.4e38, -65504, -100, -30, 30, 100, 65504, 3.4e38])('is finite at logits of %d', (logit) => {
    for (const room of [
      { gain: logit, decay: 0 },
      { gain: 1, decay: logit },
      { gain: logit, decay: logit },
    ]) {
      const { processor, slots, audio } = train(heap, room, 500, 50, 6);
      const x = randomArray(300, random);
      heap.view(audio.signal, 300).set(x);
      processor.begin();
      processor.forward(0, 0);
      heap.view(processor.gradient, 300).set(x);
      processor.backward(0, 0, 0);
      processor.end();
      const values = [
        ...heap.view(processor.signal, 300),
        ...heap.view(audio.gradient, 300),
        heap.view(slots.gain.gradient, 1)[0],
        heap.view(slots.decay.gradient, 1)[0],
        ...newStream(heap, room, 500, 50).run(x),
      ];
      expect(values.every((value) => Math.abs(value) < 1e4)).toBe(true);
    }
  });
});

describe('DecayReverb', () => {
  const room = { gain: 1, decay: 1 };

  it.each([44100, 88200, 96000, 192000])(
    'of a model of 48 kHz at %i Hz: the same decay and level',
    (rate) => {
      const own = ring(room, 24000);
      const other = ring(room, 24000, rate);
      const expected = 0.5 * 50 ** (sigmoid(1) - 1);
      expect(reverberationTime(own, RATE) / expected).toBeCloseTo(1, 1);
      expect(reverberationTime(other, rate) / reverberationTime(own, RATE)).toBeCloseTo(1, 2);
      // an impulse is one sample: a response as long in seconds has taps smaller by the ratio of rates
      const energy = (x: Float32Array, scale: number) =>
        x.reduce((sum, value) => sum + (scale * value) ** 2, 0);
      const share = Math.min(rate, RATE) / RATE;
      const change = energy(other, rate / RATE) / (rate / RATE) / energy(own, 1) / share;
      // at 44.1 kHz the top eighth of the band, a quarter of a dB of white noise, is the resampler's slope
      expect(Math.abs(10 * Math.log10(change))).toBeLessThan(0.3);
    },
  );

  it('has the noise that its seed names, not that of the engine', () => {
    expect(ring(room, 2000, RATE, 5)).toEqual(ring(room, 2000, RATE, 5));
    expect(ring(room, 2000, RATE, 5)).not.toEqual(ring(room, 2000, RATE, 6));
  });

  it('has died away when it is cut off, however long it rings', () => {
    const longest = ring({ gain: 100, decay: 100 }, 48000);
    const energy = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
    const level = 10 * Math.log10(energy(longest.subarray(47520)) / energy(longest.subarray(0, 480)));
    expect(level).toBeLessThan(-58);
  });

  it('declares its tensors, its tail and how it begins', () => {
    const options = { length: 48000, seed: 1 };
    const context = { sampleRate: RATE, modelRate: RATE, hop: 960 };
    expect(decayReverb.controls(options)).toEqual([]);
    expect(decayReverb.tensors(options, RATE)).toEqual({ 'reverb.gain': 1, 'reverb.decay': 1 });
    expect(decayReverb.tail(options, context)).toBe(48000);
    expect(decayReverb.tail(options, { ...context, sampleRate: 96000 })).toBeGreaterThan(96000);
    const initial = (name: string) => decayReverbTraining.initial!(name, options, RATE, Math.random);
    const start = { gain: initial('reverb.gain')[0], decay: initial('reverb.decay')[0] };
    expect(0.25 * sigmoid(start.gain) ** Math.LN10).toBeCloseTo(0.002, 6);
    const energy = ring(start, 48000).reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(10 * Math.log10(energy) + 30)).toBeLessThan(2);
  });
});
