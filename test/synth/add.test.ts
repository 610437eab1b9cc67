import { describe, expect, it } from 'vitest';
import { add } from '../../src/synth/add/play';
import { addTraining } from '../../src/synth/add/train';
import { flavours, newHeap, randomArray, randomiser } from '../support/kernels';

function tensor(): never {
  throw new Error('add has no tensors');
}

describe.each(flavours)('Add (%s)', (flavour) => {
  const random = randomiser(22);

  it('streams the sum', () => {
    const heap = newHeap(flavour);
    const hop = 101;
    const a = randomArray(hop, random);
    const b = randomArray(hop, random);
    const rates = { sampleRate: 48000, modelRate: 48000 };
    const context = { ...rates, heap, name: 'add', hop, lookahead: 0, seed: 0, tensor };
    const processor = add.stream(context, {}, [heap.put(a), heap.put(b)]);
    processor.control(0, 440, true);
    processor.render(0);
    expect(heap.view(processor.output, hop)).toEqual(a.map((x, i) => x + b[i]));
    processor.reset();
    expect(heap.view(processor.output, hop)).toEqual(new Float32Array(hop));
  });

  it('hands its gradient to both, on top of what they have', () => {
    const heap = newHeap(flavour);
    const [frames, hop] = [3, 21];
    const n = frames * hop;
    const source = () => ({
      signal: heap.put(randomArray(n, random)),
      gradient: heap.put(randomArray(n, random)),
    });
    const [a, b] = [source(), source()];
    const before = [a, b].map(({ gradient }) => heap.view(gradient, n).slice());
    const processor = addTraining.create({ heap, hop, frames, sampleRate: 48000, stride: 4, tensor }, {}, [
      a,
      b,
    ]);
    processor.begin();
    processor.forward(0, 0);
    const sum = heap.view(a.signal, n).map((x, i) => x + heap.view(b.signal, n)[i]);
    expect(heap.view(processor.signal, n)).toEqual(sum);
    const g = randomArray(n, random);
    heap.view(processor.gradient, n).set(g);
    processor.backward(0, 0, 0);
    [a, b].forEach(({ gradient }, i) => {
      expect(heap.view(gradient, n)).toEqual(before[i].map((d, j) => d + g[j]));
    });
  });
});
