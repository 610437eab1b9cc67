import { describe, expect, it } from 'vitest';
import { DecoderStream } from '../../src/engine/decoder/decoder';
import { decoderTensors } from '../../src/engine/decoder/layout';
import { DecoderTrainer } from '../../src/train/decoder/trainer';
import { reference } from '../support/fixtures';
import { flavours, newHeap } from '../support/kernels';

const fixture = reference('decoder');
const [outputs, hidden] = fixture.shape('w.out.weight');
const tensors = decoderTensors(hidden, outputs);
const expected = fixture.get('sigmoid_out');
const f0 = fixture.get('f0');
const loudness = fixture.get('loudness');

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

describe.each(flavours)('decoder against the reference (%s)', (flavour) => {
  it('names and shapes are those of its state dict, in its order', () => {
    const names = fixture.names.filter((name) => name.startsWith('w.'));
    expect(tensors.map(({ name }) => `w.${name}`)).toEqual(names);
    for (const { name, shape } of tensors) expect(shape).toEqual(fixture.shape(`w.${name}`));
  });

  it('DecoderStream: outputs to 1e-4, again after a reset', () => {
    const heap = newHeap(flavour);
    const stream = new DecoderStream(heap, (name) => fixture.get(`w.${name}`), hidden, outputs, 'linear');
    for (let round = 0; round < 2; round++) {
      const error = worstError((t) => {
        stream.step(f0[t], loudness[t]);
        return heap.view(stream.output, outputs);
      });
      expect(error).toBeLessThan(1e-4);
      stream.reset();
    }
  });

  it('DecoderTrainer.forward: outputs to 1e-4', () => {
    const heap = newHeap(flavour);
    const flat = tensors.flatMap(({ name }) => Array.from(fixture.get(`w.${name}`)));
    const trainer = new DecoderTrainer(heap, {
      batch: 2,
      frames: f0.length,
      hidden,
      outputs,
      inputScale: 'linear',
      parameters: heap.put(flat),
      gradients: heap.alloc(flat.length),
    });
    const twice = (values: Float32Array) => heap.put([...values, ...values]);
    const u = trainer.forward(twice(f0), twice(loudness));
    for (const example of [0, 1]) {
      const at = u + example * f0.length * trainer.stride * 4;
      expect(worstError((t) => heap.view(at + t * trainer.stride * 4, outputs))).toBeLessThan(1e-4);
    }
  });
});
