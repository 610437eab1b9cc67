import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../support/kernels';

describe.each(flavours)('whole signals (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(12);
  const lengths = [0, 1, 3, 4, 7, 64, 129];

  it.each(lengths)('add, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const a = randomArray(n, random);
    const b = randomArray(n, random);
    const aAt = guarded.buffer(a, 1);
    const bAt = guarded.buffer(b);
    const yAt = guarded.buffer(n);
    heap.kernels.add(yAt, aAt, bAt, n);
    heap.kernels.add(yAt, yAt, bAt, n);
    expect(guarded.read(yAt)).toEqual(a.map((x, i) => Math.fround(Math.fround(x + b[i]) + b[i])));
    guarded.check();
  });

  it.each(lengths)('move and silence, n = %i', (n) => {
    const guarded = new Guarded(heap);
    const x = randomArray(n + 5, random);
    const at = guarded.buffer(x);
    heap.kernels.move(at, at + 20, n);
    expect(guarded.read(at)).toEqual(Float32Array.from([...x.slice(5), ...x.slice(n)]));
    heap.kernels.silence(at, n);
    expect(guarded.read(at).slice(0, n)).toEqual(new Float32Array(n));
    guarded.check();
  });
});
