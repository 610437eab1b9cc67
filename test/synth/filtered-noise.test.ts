import { describe, expect, it } from 'vitest';
import { filterBasis } from '../../src/dsp/filter-basis';
import type { Heap, TrainKernels } from '../../src/dsp/heap';
import { compute } from '../../src/dsp/tables';
import { filteredNoise } from '../../src/synth/filtered-noise/play';
import { filteredNoiseTraining } from '../../src/synth/filtered-noise/train';
import { flavours, newHeap, randomArray, randomiser, relativeError } from '../support/kernels';

const RATE = 48000;

interface Case {
  bands: number;
  hop: number;
  frames: number;
}

function train(heap: Heap<TrainKernels>, { bands, hop, frames }: Case, stride: number) {
  return filteredNoiseTraining.create(
    {
      heap,
      sampleRate: RATE,
      hop,
      frames,
      stride,
      tensor: () => {
        throw new Error('no tensors');
      },
    },
    { bands },
    [],
  );
}

/** Directly from the definition, in double precision: T * H samples. */
function twin(u: ArrayLike<number>, noise: ArrayLike<number>, { bands, hop, frames }: Case, stride: number) {
  const size = 2 * (bands - 1);
  const out = new Float64Array(frames * hop);
  for (let i = 0; i < frames; i++) {
    for (let j = 0; j < size; j++) {
      const n = j - size / 2;
      let tap = 0;
      for (let k = 0; k < bands; k++) {
        const magnitude = 2 * u[i * stride + k] ** Math.LN10 + 1e-7;
        const weight = k === 0 || k === bands - 1 ? 1 : 2;
        tap += (weight * magnitude * Math.cos((2 * Math.PI * k * n) / size)) / size;
      }
      tap *= 0.5 - 0.5 * Math.cos((2 * Math.PI * j) / size);
      for (let t = i * hop; t < (i + 1) * hop; t++) {
        if (t + n >= 0 && t + n < out.length) out[t + n] += tap * noise[t];
      }
    }
  }
  return out;
}

/** Runs a stream over all frames; segments one after the other. */
function stream(
  heap: Heap<TrainKernels>,
  u: Float32Array,
  { bands, hop, frames }: Case,
  options: { seed: number; extra?: number; sampleRate?: number; knobs?: number[]; rounds?: number },
) {
  const { seed, extra = 0, sampleRate = RATE, knobs, rounds = 1 } = options;
  const lookahead = filteredNoise.lookahead({ bands }, { sampleRate, modelRate: RATE, hop }) + extra;
  const tensor = (): Float32Array => {
    throw new Error('no tensors');
  };
  const processor = filteredNoise.stream(
    { heap, name: 'noise', sampleRate, modelRate: RATE, hop, lookahead, seed, tensor },
    { bands },
    [],
  );
  const uAt = heap.alloc(bands);
  const out = new Float32Array(frames * hop);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < frames; i++) {
      heap.view(uAt, bands).set(u.subarray(i * bands, (i + 1) * bands));
      if (knobs) processor.knob = knobs[i];
      processor.control(uAt, 440, i === 0);
      processor.render(i === 0 ? Math.ceil(hop / 2) : 0);
      out.set(heap.view(processor.output, hop), i * hop);
    }
    if (round < rounds - 1) processor.reset();
  }
  return { out, lookahead };
}

const cases: Case[] = [
  { bands: 3, hop: 20, frames: 3 },
  { bands: 9, hop: 31, frames: 5 },
  { bands: 14, hop: 32, frames: 6 },
  { bands: 33, hop: 21, frames: 5 },
];

describe.each(flavours)('FilteredNoise (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(6);

  describe.each(cases)('$bands bands, hop $hop, $frames frames', (one) => {
    const stride = one.bands + 5;
    const u = randomArray(one.frames * stride, random, 0.05, 0.95);
    const processor = train(heap, one, stride);
    const uAt = heap.put(u);
    const f0 = heap.alloc(one.frames);
    const samples = one.frames * one.hop;

    it('trains on what its definition says', () => {
      processor.randomness?.seed(3);
      for (let round = 0; round < 2; round++) {
        processor.forward(uAt, f0);
        const noise = heap.view(processor.randomness?.noise ?? 0, samples);
        expect(new Set(noise).size).toBeGreaterThan(samples / 2);
        const expected = twin(u, noise, one, stride);
        expect(relativeError(heap.view(processor.signal, samples), expected)).toBeLessThan(2e-6);
      }
    });

    it('takes recorded noise', () => {
      const recorded = randomArray(samples, random);
      const { randomness } = processor;
      if (!randomness) throw new Error('no randomness');
      randomness.recorded = true;
      heap.view(randomness.noise, samples).set(recorded);
      processor.forward(uAt, f0);
      randomness.recorded = false;
      const expected = twin(u, recorded, one, stride);
      expect(relativeError(heap.view(processor.signal, samples), expected)).toBeLessThan(2e-6);
    });

    it('has the gradient of its twin, and accumulates it', () => {
      processor.forward(uAt, f0);
      const noise = heap.view(processor.randomness?.noise ?? 0, samples).slice();
      const cotangent = randomArray(samples, random);
      heap.view(processor.gradient, samples).set(cotangent);
      const du = heap.put(new Float32Array(one.frames * stride).fill(1));
      processor.backward(uAt, f0, du);
      processor.forward(uAt, f0);
      processor.backward(uAt, f0, du);
      const loss = (controls: Float64Array): number =>
        twin(controls, noise, one, stride).reduce((sum, value, n) => sum + value * cotangent[n], 0);
      const expected = Array.from(u, (value, i) => {
        if (i % stride >= one.bands) return 1;
        const step = 1e-5;
        const moved = Float64Array.from(u);
        moved[i] = value + step;
        const above = loss(moved);
        moved[i] = value - step;
        return 1 + (2 * (above - loss(moved))) / (2 * step);
      });
      expect(relativeError(heap.view(du, expected.length), expected)).toBeLessThan(2e-5);
    });
  });

  it.each(Array.from({ length: 12 }, (_, i) => i))('streams what it trains on, delayed (case %i)', () => {
    const hop = 20 + Math.floor(random() * 120);
    const one = { hop, bands: 3 + Math.floor(random() * hop * 1.2), frames: 8 };
    const extra = random() < 0.5 ? 0 : Math.floor(random() * 3 * hop);
    const seed = Math.floor(random() * 1e9);
    const u = randomArray(one.frames * one.bands, random, 0.3, 1);
    const processor = train(heap, one, one.bands);
    processor.randomness?.seed(seed);
    processor.forward(heap.put(u), heap.alloc(one.frames));
    const whole = heap.view(processor.signal, one.frames * hop).slice();
    const { out, lookahead } = stream(heap, u, one, { seed, extra, rounds: 2 });
    const delay = Math.ceil(hop / 2) + lookahead;
    const expected = Float32Array.from(out, (_, n) => (n < delay ? 0 : whole[n - delay]));
    out.forEach((value, n) => {
      if (n < delay ? value !== 0 : Math.abs(value - expected[n]) > 1e-6) {
        throw new Error(`${n}: ${value}, expected ${expected[n]} (${JSON.stringify({ ...one, lookahead })})`);
      }
    });
  });

  it('needs no lookahead up to a hop, and half of what it is longer', () => {
    const lookahead = (bands: number, hop: number, sampleRate = RATE) =>
      filteredNoise.lookahead({ bands }, { sampleRate, modelRate: RATE, hop });
    expect(lookahead(481, 960)).toBe(0);
    expect(lookahead(482, 960)).toBe(1);
    expect(lookahead(257, 240)).toBe((512 - 240) / 2);
    expect(lookahead(257, 241)).toBe(136);
    expect(lookahead(257, 480, 96000)).toBe((1024 - 480) / 2);
  });

  it('moves linearly to a new gain', () => {
    const one = { bands: 9, hop: 40, frames: 6 };
    const u = randomArray(one.frames * one.bands, random, 0.3, 1);
    const { out: plain } = stream(heap, u, one, { seed: 1 });
    const knobs = [2, 2, 0.5, 0.5, 0, 1];
    const { out } = stream(heap, u, one, { seed: 1, knobs });
    out.forEach((value, n) => {
      const i = Math.floor(n / one.hop);
      const from = knobs[Math.max(0, i - 1)];
      const gain = from + ((knobs[i] - from) * ((n % one.hop) + 1)) / one.hop;
      expect(value).toBeCloseTo(plain[n] * gain, 5);
    });
  });

  it('comes back to the noise it should make after NaN', () => {
    const one = { bands: 9, hop: 40, frames: 12 };
    const u = randomArray(one.frames * one.bands, random, 0.3, 1);
    const { out: plain } = stream(heap, u, one, { seed: 1 });
    const { out } = stream(
      heap,
      u.map((value, i) => (i === 4 * one.bands ? Number.NaN : value)),
      one,
      { seed: 1 },
    );
    expect(out.subarray(6 * one.hop)).toEqual(plain.subarray(6 * one.hop));
  });

  it.each([44100, 96000])('keeps its power per Hz at %i Hz', (sampleRate) => {
    const one = { bands: 65, hop: (960 * sampleRate) / RATE, frames: 100 };
    const curve = Float32Array.from({ length: one.bands }, (_, k) => 0.3 + 0.2 * Math.cos(k / 9));
    const u = new Float32Array(one.frames * one.bands).map((_, i) => curve[i % one.bands]);
    const power = (rate: number, hop: number): number => {
      const { out } = stream(heap, u, { ...one, hop }, { seed: 5, sampleRate: rate });
      return out.reduce((sum, value) => sum + value * value, 0) / out.length;
    };
    // total powers compare once what the model has above the context's Nyquist frequency is left out
    const response = curve.map((value) => 2 * value ** Math.LN10);
    const total = (limit: number) =>
      response.reduce((sum, m, k) => sum + ((k * 24000) / 64 < limit ? m * m : 0), 0);
    const share = total(Math.min(sampleRate, RATE) / 2) / total(RATE / 2);
    const change = 10 * Math.log10(power(sampleRate, one.hop) / power(RATE, 960) / share);
    expect(Math.abs(change)).toBeLessThan(0.2);
  });
});

/** Power per Hz of white noise of variance 1 through the filter of `magnitudes`. */
function density(magnitudes: ArrayLike<number>, sampleRate: number, frequency: number): number {
  const basis = filterBasis(magnitudes.length, sampleRate, RATE);
  const { reach, tapStride } = basis;
  const values = compute(() => basis.values());
  let response = 0;
  for (let n = 0; n <= reach; n++) {
    let tap = 0;
    for (let k = 0; k < magnitudes.length; k++) tap += magnitudes[k] * values[k * tapStride + n];
    response += (n ? 2 : 1) * tap * Math.cos((2 * Math.PI * frequency * n) / sampleRate);
  }
  return response ** 2 / sampleRate;
}

describe('noise filters at other rates', () => {
  const random = randomiser(7);

  it.each([
    [44100, 257],
    [44100, 65],
    [96000, 65],
    [88200, 33],
    [32000, 65],
    [48000, 40],
  ])('colour the same at %i Hz, %i bands', (sampleRate, bands) => {
    const magnitudes = randomArray(bands, random, 0.2, 1);
    // to a few bands below the edge: the side lobes of what is dropped above it
    const end = (Math.min(sampleRate, RATE) / 2) * (1 - 4 / (bands - 1));
    for (let f = 0; f < end; f += 97) {
      const change = 10 * Math.log10(density(magnitudes, sampleRate, f) / density(magnitudes, RATE, f));
      expect(Math.abs(change)).toBeLessThan(0.2);
    }
  });

  it.each([5, 9, 17, 65, 257])('stay flat up to the lower Nyquist frequency, %i bands', (bands) => {
    const flat = new Float32Array(bands).fill(1);
    for (let f = 0; f <= 22050; f += 450) {
      const change = 10 * Math.log10(density(flat, 44100, f) * RATE);
      expect(Math.abs(change)).toBeLessThan(2.6);
    }
  });
});
