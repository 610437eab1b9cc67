import { describe, expect, it } from 'vitest';
import { Decoder, DecoderStream } from '../../../src/decoder/decoder';
import { loudnessInput, pitchInput } from '../../../src/decoder/inputs';
import { decoderTensors } from '../../../src/decoder/layout';
import type { InputScale } from '../../../src/model/model';
import { TrainableDecoder } from '../../../src/train/learn/decoder/trainable-decoder';
import { flavours, Guarded, newHeap, randomArray, randomiser, relativeError } from '../../support/kernels';
import { DecoderTwin } from './decoder-twin';

/** A decoder with random weights and a batch of random examples. */
function setting(hidden: number, outputs: number, batch: number, frames: number, seed: number) {
  const random = randomiser(seed);
  const tensors = decoderTensors(hidden, outputs, 2).map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b);
    const bound = shape.length > 1 ? Math.sqrt(3 / shape[1]) : 0.5;
    const centre = /linear\.\d\.1\.weight/.test(name) ? 1 : 0;
    return { name, size, values: randomArray(size, random, centre - bound, centre + bound) };
  });
  return {
    hidden,
    outputs,
    batch,
    frames,
    tensors,
    parameters: Float32Array.from(tensors.flatMap(({ values }) => Array.from(values))),
    weights: (name: string) => tensors.find((tensor) => tensor.name === name)!.values,
    f0: randomArray(batch * frames, random, 60, 1200),
    loudness: randomArray(batch * frames, random, -70, -5),
    random,
  };
}

function twinOf(
  s: ReturnType<typeof setting>,
  scale: InputScale,
  batch: number,
  parameters: ArrayLike<number> = s.parameters,
) {
  const frame = (i: number) => [pitchInput(scale, s.f0[i]), loudnessInput(s.loudness[i])] as const;
  const inputs = Array.from({ length: batch }, (_, b) =>
    Array.from({ length: s.frames }, (_, t) => frame(b * s.frames + t)),
  );
  return new DecoderTwin(s.hidden, s.outputs, parameters, inputs);
}

describe('the twin itself', () => {
  it('has the gradients of central differences', () => {
    const s = setting(4, 3, 2, 3, 1);
    const seeds = randomArray(2 * 3 * 3, s.random);
    const loss = (parameters: Float32Array) =>
      twinOf(s, 'linear', 2, parameters).outputs.reduce((sum, y, i) => sum + y * seeds[i], 0);
    const step = 2 ** -14;
    const expected = Array.from(s.parameters, (value, i) => {
      const above = s.parameters.slice();
      const below = s.parameters.slice();
      above[i] = value + step;
      below[i] = value - step;
      return (loss(above) - loss(below)) / (above[i] - below[i]);
    });
    expect(relativeError(twinOf(s, 'linear', 2).gradients(seeds), expected)).toBeLessThan(1e-5);
  });
});

describe('decoder inputs', () => {
  it('lie in 0..1 over the range of pitches and loudnesses', () => {
    for (const scale of ['linear', 'log'] as const) {
      expect(pitchInput(scale, 32)).toBeCloseTo(0, 12);
      expect(pitchInput(scale, 2000)).toBeCloseTo(1, 12);
    }
    expect(pitchInput('linear', 1016)).toBeCloseTo(0.5, 12);
    expect(pitchInput('log', Math.sqrt(32 * 2000))).toBeCloseTo(0.5, 12);
    expect(pitchInput('log', 0)).toBe(pitchInput('log', 8));
    expect([loudnessInput(-80), loudnessInput(0)]).toEqual([0, 1]);
  });
});

describe.each(flavours)('TrainableDecoder (%s)', (flavour) => {
  it.each([
    [10, 7, 3, 5, 'linear'],
    [12, 8, 1, 4, 'log'],
    [33, 13, 4, 3, 'linear'],
    [5, 1, 6, 1, 'log'],
  ] as const)(
    'hidden %i, outputs %i, batch %i, %i frames, %s',
    (hidden, outputs, batch, frames, inputScale) => {
      const heap = newHeap(flavour);
      const guarded = new Guarded(heap);
      const s = setting(hidden, outputs, batch, frames, 2);
      const start = randomArray(s.parameters.length, s.random);
      const parameters = guarded.buffer(s.parameters);
      const gradients = guarded.buffer(start);
      const f0 = guarded.buffer(s.f0);
      const loudness = guarded.buffer(s.loudness);
      const trainer = new TrainableDecoder(heap, {
        batch,
        frames,
        hidden,
        outputs,
        inputScale,
        parameters,
        gradients,
      });
      const { stride } = trainer;
      const dOutput = randomArray(batch * frames * stride, s.random);
      const dOutputAt = guarded.buffer(dOutput);
      const dense = (x: Float32Array, rows: number) =>
        x.subarray(0, rows * stride).filter((_, i) => i % stride < outputs);

      // whole batch, part of it, whole again: nothing may be left over from the pass before
      for (const count of [batch, Math.ceil(batch / 2), batch]) {
        heap.view(gradients, start.length).set(start);
        const twin = twinOf(s, inputScale, count);
        const u = trainer.forward([f0, loudness], count);
        const rows = count * frames;
        const values = heap.view(u, batch * frames * stride).slice();
        expect(relativeError(dense(values, rows), twin.outputs)).toBeLessThan(1e-5);
        expect(values.filter((v, i) => i % stride >= outputs && v !== 0)).toHaveLength(0);

        trainer.backward(dOutputAt);
        const got = guarded.read(gradients).map((v, i) => v - start[i]);
        const expected = twin.gradients(dense(dOutput, rows));
        let offset = 0;
        for (const { name, size } of s.tensors) {
          const norm = Math.hypot(...expected.subarray(offset, offset + size));
          const error = Math.hypot(
            ...got.subarray(offset, offset + size).map((v, i) => v - expected[offset + i]),
          );
          // the second term: what subtracting the start leaves of f32 rounding
          expect(error, name).toBeLessThan(1e-4 * norm + 2e-7 * Math.sqrt(size));
          offset += size;
        }
      }
      expect(guarded.read(dOutputAt)).toEqual(dOutput);
      expect(guarded.read(parameters)).toEqual(s.parameters);
      guarded.check();
    },
  );

  it('refuses a batch larger than it was made for', () => {
    const heap = newHeap(flavour);
    const s = setting(4, 3, 2, 2, 3);
    const trainer = new TrainableDecoder(heap, {
      ...s,
      inputScale: 'log',
      parameters: heap.put(s.parameters),
      gradients: heap.alloc(s.parameters.length),
    });
    expect(() => trainer.forward([heap.put(s.f0), heap.put(s.loudness)], 3)).toThrow('batch of 3');
  });
});

describe.each(flavours)('DecoderStream (%s)', (flavour) => {
  it.each([
    [10, 7, 'linear'],
    [50, 127, 'log'],
    [64, 126, 'linear'],
  ] as const)('equals the trainer, frame by frame: hidden %i, outputs %i, %s', (hidden, outputs, scale) => {
    const heap = newHeap(flavour);
    const s = setting(hidden, outputs, 1, 20, 4);
    const shape = { hidden, outputs, inputScale: scale };
    const stream = new DecoderStream(new Decoder(heap, s.weights, shape));
    const trainer = new TrainableDecoder(heap, {
      ...s,
      inputScale: scale,
      parameters: heap.put(s.parameters),
      gradients: heap.alloc(s.parameters.length),
    });
    const f0 = heap.put(s.f0);
    const loudness = heap.put(s.loudness);
    heap.seal();
    const u = trainer.forward([f0, loudness]);
    for (let t = 0; t < s.frames; t++) {
      stream.step(Float64Array.of(s.f0[t], s.loudness[t]));
      const expected = heap.view(u + t * trainer.stride * 4, trainer.stride);
      const got = heap.view(stream.output, trainer.stride);
      expect(relativeError(got, expected)).toBeLessThan(2e-6);
      expect(got.subarray(outputs).every((v) => v === 0)).toBe(true);
    }
  });

  it('is as new after reset, and what is not finite never gets in', () => {
    const heap = newHeap(flavour);
    const s = setting(9, 6, 1, 6, 5);
    const { hidden, outputs } = s;
    const decoder = new Decoder(heap, s.weights, { hidden, outputs, inputScale: 'linear' });
    const stream = new DecoderStream(decoder);
    const run = (broken: boolean) => {
      stream.reset();
      for (let t = 0; t < s.frames; t++) {
        if (broken && t === 3) {
          stream.step(Float64Array.of(Number.NaN, s.loudness[2]));
          stream.step(Float64Array.of(s.f0[2], -Infinity));
        } else if (broken || t !== 3) {
          stream.step(Float64Array.of(s.f0[t], s.loudness[t]));
        } else {
          stream.step(Float64Array.of(s.f0[2], s.loudness[2]));
          stream.step(Float64Array.of(s.f0[2], s.loudness[2]));
        }
      }
      return Array.from(heap.view(stream.output, s.outputs));
    };
    const first = run(false);
    expect(first.every((v) => v > 0 && v < 1)).toBe(true);
    expect(run(false)).toEqual(first);
    expect(run(true)).toEqual(first);
  });

  it('names the tensor that has the wrong size', () => {
    const s = setting(4, 3, 1, 1, 6);
    const weights = (name: string) => (name === 'out.bias' ? new Float32Array(2) : s.weights(name));
    const shape = { hidden: 4, outputs: 3, inputScale: 'linear' } as const;
    expect(() => new Decoder(newHeap(flavour), weights, shape)).toThrow(/out\.bias.*2.*3/);
  });
});
