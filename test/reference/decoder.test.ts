import { describe, expect, it } from 'vitest';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import { decoderTensors } from '../../src/decoder/layout';
import { TrainableDecoder } from '../../src/train/learn/decoder/trainable-decoder';
import { unfold } from '../kernels/synth/twin';
import { reference } from '../support/fixtures';
import { flavours, newHeap } from '../support/kernels';

const fixture = reference('decoder');
const [outputs, hidden] = fixture.shape('w.out.weight');
const tensors = decoderTensors(hidden, outputs, 2);
const expected = fixture.get('sigmoid_out');
const f0 = fixture.get('f0');
const loudness = fixture.get('loudness');
const [, harmonics] = fixture.shape('harmonic_distribution');
const [, bands] = fixture.shape('noise_magnitudes');
const limit = Number(reference('synth').metadata.sample_rate) / 2;

function worstError(row: (t: number) => ArrayLike<number>): number {
  let worst = 0;
  for (let t = 0; t < f0.length; t++) {
    const values = row(t);
    for (let i = 0; i < outputs; i++) {
      worst = Math.max(worst, Math.abs(values[i] - expected[t * outputs + i]));
    }
  }
  return worst;
}

function newStream(heap: ReturnType<typeof newHeap>): DecoderStream {
  const weights = (name: string) => fixture.get(`w.${name}`);
  return new DecoderStream(new Decoder(heap, weights, { hidden, outputs, inputScale: 'linear' }));
}

describe.each(flavours)('decoder against the reference (%s)', (flavour) => {
  it('names and shapes are those of its state dict, in its order', () => {
    const names = fixture.names.filter((name) => name.startsWith('w.'));
    expect(tensors.map(({ name }) => `w.${name}`)).toEqual(names);
    for (const { name, shape } of tensors) expect(shape).toEqual(fixture.shape(`w.${name}`));
  });

  it('DecoderStream: outputs to 1e-4, again after a reset', () => {
    const heap = newHeap(flavour);
    const stream = newStream(heap);
    for (let round = 0; round < 2; round++) {
      const error = worstError((t) => {
        stream.step(Float64Array.of(f0[t], loudness[t]));
        return heap.view(stream.output, outputs);
      });
      expect(error).toBeLessThan(1e-4);
      stream.reset();
    }
  });

  it('the controls the outputs stand for, to 1e-4', () => {
    const heap = newHeap(flavour);
    const { kernels } = heap;
    const amplitude = fixture.get('amplitude');
    const distribution = fixture.get('harmonic_distribution');
    const magnitudes = fixture.get('noise_magnitudes');
    const stream = newStream(heap);
    const scaled = heap.alloc(1 + harmonics);
    const scaledNoise = heap.alloc(bands);
    const padded = Math.ceil(harmonics / 16) * 16;
    const folded = heap.alloc(padded);
    expect(1 + harmonics + bands).toBe(outputs);
    f0.forEach((hz, t) => {
      stream.step(Float64Array.of(hz, loudness[t]));
      kernels.expSigmoid(scaled, stream.output, 1, 1 + harmonics);
      kernels.expSigmoid(scaledNoise, stream.output + (1 + harmonics) * 4, 2, bands);
      kernels.harmonicControls(folded, scaled, hz, limit, harmonics);
      const [level] = heap.view(scaled, 1);
      expect(Math.abs(level - amplitude[t])).toBeLessThan(1e-4);
      unfold(heap.view(folded, padded), harmonics).forEach((c, k) => {
        expect(Math.abs(c / level - distribution[t * harmonics + k])).toBeLessThan(1e-4);
      });
      heap.view(scaledNoise, bands).forEach((y, k) => {
        expect(Math.abs(y - magnitudes[t * bands + k])).toBeLessThan(1e-4);
      });
    });
  });

  it('TrainableDecoder.forward: outputs to 1e-4', () => {
    const heap = newHeap(flavour);
    const flat = tensors.flatMap(({ name }) => Array.from(fixture.get(`w.${name}`)));
    const trainer = new TrainableDecoder(heap, {
      batch: 2,
      frames: f0.length,
      hidden,
      outputs,
      inputScale: 'linear',
      parameters: heap.put(flat),
      gradients: heap.alloc(flat.length),
    });
    const twice = (values: Float32Array) => heap.put([...values, ...values]);
    const u = trainer.forward([twice(f0), twice(loudness)]);
    for (const example of [0, 1]) {
      const at = u + example * f0.length * trainer.stride * 4;
      expect(worstError((t) => heap.view(at + t * trainer.stride * 4, outputs))).toBeLessThan(1e-4);
    }
  });
});
